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


def build_efi_application(source, folder):
    """The bytes of a UEFI application, linked the way gnu-efi's own are."""
    object_path, shared, application = folder / "app.o", folder / "app.so", folder / "app.efi"
    run("gcc", "-Wall", "-Wextra", "-Werror", "-O1", "-ffreestanding", "-fpic", "-fshort-wchar", "-mno-red-zone",
        "-fno-stack-protector", "-fcf-protection=none", "-mgeneral-regs-only", "-DGNU_EFI_USE_MS_ABI",
        "-I/usr/include/efi", "-I/usr/include/efi/x86_64", "-c", HERE / "efi" / source, "-o", object_path)
    run("ld", "-nostdlib", "-shared", "-Bsymbolic", "-znocombreloc", "-T", "/usr/lib/elf_x86_64_efi.lds",
        "/usr/lib/crt0-efi-x86_64.o", object_path, "-o", shared, "-L/usr/lib", "-lgnuefi")
    sections = ".text .sdata .data .dynamic .dynsym .rel .rela .rel.* .rela.* .rodata .reloc".split()
    run("objcopy", *[word for name in sections for word in ("-j", name)], "--target=efi-app-x86_64", shared,
        application)
    return application.read_bytes()
