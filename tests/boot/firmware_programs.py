"""firmware_programs.py - builds the programs of this folder that look at the firmware themselves."""
import subprocess
import pathlib

HERE = pathlib.Path(__file__).parent


def run(*command):
    subprocess.run([str(word) for word in command], check=True, capture_output=True)


def build_boot_sector(source, folder):
    """The 512 bytes of a boot sector."""
    object_path, binary = folder / "sector.o", folder / "sector.bin"
    run("gcc", "-m32", "-c", HERE / source, "-o", object_path)
    run("ld", "-m", "elf_i386", "-Ttext", "0x7c00", "--oformat", "binary", "-o", binary, object_path)
    return binary.read_bytes()


# What gnu-efi and its tools call an architecture, where its files are, and what the compiler must know.
ARCHITECTURES = {
    "x86_64": ("/usr/lib", "elf_x86_64", ["-m64", "-mno-red-zone", "-DGNU_EFI_USE_MS_ABI"]),
    "ia32": ("/usr/lib32", "elf_i386", ["-m32", "-malign-double"]),
}


def build_efi_application(source, folder, arch="x86_64"):
    """The bytes of a UEFI application, linked the way gnu-efi's own are."""
    object_path, shared, application = folder / "app.o", folder / "app.so", folder / "app.efi"
    lib, emulation, flags = ARCHITECTURES[arch]
    run("gcc", "-Wall", "-Wextra", "-Werror", "-O1", "-ffreestanding", "-fpic", "-fshort-wchar",
        "-fno-stack-protector", "-fcf-protection=none", "-mgeneral-regs-only", *flags,
        "-I/usr/include/efi", f"-I/usr/include/efi/{arch}", "-c", HERE / "efi" / source, "-o", object_path)
    run("ld", "-m", emulation, "-nostdlib", "-shared", "-Bsymbolic", "-znocombreloc", "-T", f"{lib}/elf_{arch}_efi.lds",
        f"{lib}/crt0-efi-{arch}.o", object_path, "-o", shared, f"-L{lib}", "-lgnuefi")
    sections = ".text .sdata .data .dynamic .dynsym .rel .rela .rel.* .rela.* .rodata .reloc".split()
    run("objcopy", *[word for name in sections for word in ("-j", name)], f"--target=efi-app-{arch}", shared,
        application)
    return application.read_bytes()
