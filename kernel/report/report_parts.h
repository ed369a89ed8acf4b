/*
 * report_parts.h - the parts of the report, each a label and its lines; report.c says in which order.
 */
#ifndef KERNEL_REPORT_PARTS_H
#define KERNEL_REPORT_PARTS_H

struct firmware_tables;

void report_build(void);
void report_route(void);
void report_firmware(const struct firmware_tables *tables);
void report_system(const struct firmware_tables *tables);
void report_tables(const struct firmware_tables *tables);
void report_cpu(void);
void report_cpus(void);
void report_clock(void);
void report_interrupts(void);
void report_protection(void);
void report_pci(void);
void report_serial(void);
void report_screen(void);
void report_input(void);
void report_memory(void);

#endif
