/* SPDX-License-Identifier: MIT */
/* Which versions of the programs that write sysctls at boot a machine has, by its files. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct text;

/* 252, by the name of its private library; 0: not known. */
unsigned bootversion_systemd(int root_fd);

/* 40002 of 4.0.2, by what dpkg says; 0: not known. */
unsigned bootversion_procps(int root_fd);

/* The path of the private library, of which the name is evidence; false: none. */
bool bootversion_systemd_file(int root_fd, char *path, size_t size);

/* The stanza of procps in dpkg's status, its name and version alone. Nothing added: none. */
void bootversion_procps_stanza(int root_fd, struct text *to);

#define BOOTVERSION_DPKG "var/lib/dpkg/status"
