#include "cli/facts.h"

#define END  \
    {        \
        0, 0 \
    }

const struct cli_fact cli_exits[] = {
    {"0", "ok"},
    {"3", "a source that was asked is not ok; what was read is printed"},
    {"64", "usage: a mistake in the command line"},
    {"65", "bad data"},
    {"73", "output cannot be created or written"},
    {"78", "configuration: it is wrong, or cannot serve a table of get (others are printed)"},
    {"130", "interrupted"},
    END,
};

const struct cli_fact cli_check_exits[] = {
    {"2", "something is critical"},
    {"1", "else something is a warning"},
    {"3", "else something could not be judged"},
    {"0", "else: all is well"},
    END,
};

const struct cli_fact cli_environment[] = {
    {"HYCON_CONFIG", "the configuration to use, unless --config says another"},
    {"NO_COLOR", "if it is set and not empty: no colours"},
    {"TERM", "the kind of terminal"},
    {"TZ", "the local time zone"},
    {"LANG, LC_ALL, LANGUAGE",
     "the language of the console: English, or Japanese (ja); what other verbs print is English"},
    {"XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_RUNTIME_DIR", "where files are; see FILES"},
    {"HTTPS_PROXY, ALL_PROXY, NO_PROXY", "proxies, where the configuration names none"},
    {"AWS_*", "the usual variables of the AWS credential chain, and AWS_ENDPOINT_URL[_SERVICE]"},
    {"SSH_AUTH_SOCK", "the SSH agent"},
    END,
};

const struct cli_fact cli_files[] = {
    {"~/.config/hycon/hycon.yaml", "the configuration, see hycon.conf(5)"},
    {"~/.config/hycon/trust", "certificates and host keys that a person accepted"},
    {"~/.local/state/hycon/", "history of changes, findings and the timeline; private, of limited "
                              "size"},
    {"$XDG_RUNTIME_DIR/hycon/", "request budgets that two consoles of one user share"},
    END,
};
