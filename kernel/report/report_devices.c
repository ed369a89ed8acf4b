/*
 * report_devices.c - what is on the buses, and what there is to see and to type on.
 */
#include "kernel/report/report_parts.h"

#include "kernel/boot/boot_info.h"
#include "kernel/console/console.h"
#include "kernel/devices/input.h"
#include "kernel/devices/pci.h"
#include "kernel/devices/serial_port.h"
#include "kernel/report/lines.h"

static void print_pci_function(const struct pci_function *f)
{
    if (f->at.segment != 0)
        printk("%04x:", f->at.segment);
    printk("%02x:%02x.%x", f->at.bus, f->at.device, f->at.function);
}

void report_pci(void)
{
    const struct pci_function *display = pci_find_display(boot_info.display.paddr);

    report_label("pci");
    if (pci.mechanism == PCI_NONE)
        printk("no configuration space");
    else if (pci.mechanism == PCI_PORTS)
        printk("%u functions by port 0xcf8", pci.num_functions);
    else
        printk("%u functions by ECAM at 0x%llx", pci.num_functions, (unsigned long long)pci.ecam_paddr);
    if (pci.num_lost > 0)
        printk(" and %u more", pci.num_lost);
    if (display != NULL) {
        printk(", display %04x:%04x at ", display->header.vendor, display->header.device);
        print_pci_function(display);
    }
    printk("%s%s\n", pci.ecam_error != NULL ? "; ECAM " : "", pci.ecam_error != NULL ? pci.ecam_error : "");
}

void report_serial(void)
{
    static const char sources[SERIAL_NUM_SOURCES][16] = {
        [SERIAL_BY_SPCR] = "SPCR",
        [SERIAL_BY_DBG2] = "DBG2",
        [SERIAL_BY_BIOS] = "BIOS data area",
        [SERIAL_BY_PROBE] = "probe",
    };
    const struct serial_choice *choice = serial_port_choice();
    const struct serial_candidate *port = &choice->port;
    uint32_t com = serial_com_number(port);

    report_label("serial");
    if (!choice->is_found)
        printk("none");
    else if (com != 0)
        printk("COM%u at 0x%llx (%s)", com, (unsigned long long)port->address, sources[port->source]);
    else
        printk("%s 0x%llx (%s)", port->is_in_memory ? "registers at" : "port",
               (unsigned long long)port->address, sources[port->source]);
    if (choice->spcr_remark != NULL)
        printk("; SPCR %s", choice->spcr_remark);
    if (choice->dbg2_remark != NULL)
        printk("; DBG2 %s", choice->dbg2_remark);
    printk("\n");
}

static const char *pixel_order(const struct display *d)
{
    if (d->red_mask == 0xff && d->green_mask == 0xff00 && d->blue_mask == 0xff0000)
        return "RGB";
    if (d->red_mask == 0xff0000 && d->green_mask == 0xff00 && d->blue_mask == 0xff)
        return "BGR";
    return "masks";
}

void report_screen(void)
{
    const struct display *d = &boot_info.display;

    report_label("screen");
    if (d->kind == DISPLAY_FRAMEBUFFER)
        printk("%ux%u, pitch %u bytes, %u bits %s (%x %x %x), at 0x%llx\n", d->width, d->height,
               d->pitch_bytes, d->bits_per_pixel, pixel_order(d), d->red_mask, d->green_mask, d->blue_mask,
               (unsigned long long)d->paddr);
    else if (d->kind == DISPLAY_VGA_TEXT)
        printk("VGA text %ux%u at 0x%llx\n", d->width, d->height, (unsigned long long)d->paddr);
    else
        printk("none\n");
    if (console_display_error() != 0)
        printk("%*snot used: %s\n", LABEL_COLUMNS, "", console_display_error());
}

void report_input(void)
{
    const char *fault = input_keyboard_fault();

    report_label("input");
    printk(fault == NULL ? "PS/2 keyboard" : "no PS/2 keyboard (%s)", fault);
    printk(console_has_serial() ? ", serial port\n" : "\n");
}
