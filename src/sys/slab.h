/* SPDX-License-Identifier: MIT */
#pragma once

struct object_sizes;

/* The sizes of socket objects from sys/kernel/slab below the root; mostly only root may. */
void slab_read(int root_fd, struct object_sizes *ret);

/* The file of a slab's size, below the root; 80 bytes hold it. */
void slab_path(const char *slab, char *ret, unsigned long size);
