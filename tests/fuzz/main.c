/* Replays files through a fuzz target without libFuzzer: for compilers that lack it, and to run
 * what a fuzzer has found under a debugger. Directories are read one level deep. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned replay(const char *path)
{
    FILE *f = fopen(path, "rb");
    long size;
    uint8_t *data;

    if (!f || fseek(f, 0, SEEK_END) != 0 || (size = ftell(f)) < 0) {
        fprintf(stderr, "unable to read '%s'\n", path);
        exit(1);
    }
    rewind(f);
    data = mem_alloc((size_t)size + 1);
    if (fread(data, 1, (size_t)size, f) != (size_t)size) {
        fprintf(stderr, "unable to read '%s'\n", path);
        exit(1);
    }
    LLVMFuzzerTestOneInput(data, (size_t)size);
    free(data);
    fclose(f);
    return 1;
}

static unsigned replay_all(const char *path)
{
    DIR *d = opendir(path);
    struct dirent *e;
    unsigned n = 0;

    if (!d)
        return replay(path);
    while ((e = readdir(d))) {
        char *file = mem_printf("%s/%s", path, e->d_name);

        if (e->d_type == DT_REG)
            n += replay(file);
        free(file);
    }
    closedir(d);
    return n;
}

int main(int argc, char **argv)
{
    unsigned n = 0;

    for (int i = 1; i < argc; i++)
        n += replay_all(argv[i]);
    printf("%u inputs replayed\n", n);
    return n > 0 ? 0 : 1; /* a run of nothing must not look green */
}
