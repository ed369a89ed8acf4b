/*
 * keys.c - the names of keys.
 */
#include "kernel/devices/keys.h"

#include "kernel/lib/printf.h"

/* Null: the code is its own name. */
static const char *special_name(uint32_t code)
{
    static const char names[][10] = {"up",  "down",   "right",  "left",    "home",
                                     "end", "insert", "delete", "page-up", "page-down"};

    if (code >= KEY_UP && code < KEY_F1)
        return names[code - KEY_UP];
    switch (code) {
    case KEY_BACKSPACE:
        return "backspace";
    case KEY_TAB:
        return "tab";
    case KEY_ENTER:
        return "enter";
    case KEY_ESCAPE:
        return "escape";
    case ' ':
        return "space";
    default:
        return NULL;
    }
}

void key_text(struct key key, char text[KEY_TEXT_BYTES])
{
    const char *name = special_name(key.code);
    int n = format_string(text, KEY_TEXT_BYTES, "%s%s%s", key.modifiers & KEY_CONTROL ? "control-" : "",
                          key.modifiers & KEY_ALT ? "alt-" : "", key.modifiers & KEY_SHIFT ? "shift-" : "");
    char *rest = text + n;
    size_t room = KEY_TEXT_BYTES - (size_t)n;

    if (name != NULL)
        format_string(rest, room, "%s", name);
    else if (key.code >= KEY_F1)
        format_string(rest, room, "f%u", key.code - KEY_F1 + 1);
    else if (key.code > ' ' && key.code <= '~')
        format_string(rest, room, "%c", (int)key.code);
    else
        format_string(rest, room, "U+%04X", key.code);
}
