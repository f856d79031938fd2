/* The peer of the first paint: a bare ncurses program that paints the text of one screen from a
 * file and waits for a key. No program of ours is in it. */
#include <locale.h>
#include <ncurses.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    char line[4096];
    FILE *f = argc > 1 ? fopen(argv[1], "r") : NULL;

    if (!f)
        return 66;
    (void)setlocale(LC_ALL, "");
    (void)initscr();
    (void)start_color();
    (void)cbreak();
    (void)noecho();
    (void)curs_set(0);
    for (int y = 0; fgets(line, (int)sizeof(line), f); y++)
        (void)mvaddstr(y, 0, line);
    (void)fclose(f);
    (void)refresh();
    (void)getch();
    return endwin() == OK ? 0 : 1;
}
