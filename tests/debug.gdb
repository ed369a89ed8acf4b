# debug.gdb - finds out where the firmware put the image, and stops at its first 64-bit instruction with symbols there.
#
# The kernel itself says where it was loaded, once it runs at its final address: so it is run up to kernel_main, asked,
# and started again. Firmware puts it at the same place on every start but the first, when it still fills its variables;
# hence until two starts agree. debug.sh sets $elf and $entry.
set pagination off
set confirm off

python
def number(expression):
    return int(gdb.parse_and_eval(expression)) & 0xffffffffffffffff

gdb.execute("hbreak kernel_main")
loaded = None
for start in range(4):
    gdb.execute("continue")
    previous, loaded = loaded, number("boot_info.image_paddr")
    if loaded == previous:
        break
    gdb.execute("monitor system_reset")
gdb.execute("delete")

delta = (loaded - number("(unsigned long)image_start")) & 0xffffffffffffffff
entry = number("(unsigned long)" + gdb.convenience_variable("entry").string())
gdb.execute("add-symbol-file %s -o 0x%x" % (gdb.convenience_variable("elf").string(), delta))
gdb.execute("monitor system_reset")
gdb.execute("hbreak *0x%x" % ((entry + delta) & 0xffffffffffffffff))
gdb.execute("continue")
gdb.execute("delete")
end
echo \nStopped at the first 64-bit instruction of the file. `hbreak kernel_main` and `continue` lead past the handoff.\n
echo In code that is unpacked later, only hardware breakpoints (`hbreak`) hold before that.\n
