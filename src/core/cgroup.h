/* SPDX-License-Identifier: MIT */
/*
 * The control group of a process, read as its owner knows it: the systemd unit or the
 * container it belongs to.
 */
#pragma once

#include <stddef.h>

/*
 * From the text of /proc/PID/cgroup. A container wins over a unit, as what runs in it may
 * have units of its own; of several containers or units the innermost wins. In *ret, cut
 * off at its size:
 *
 *	"nginx.service"		a unit, as systemctl takes it (with its \x2d)
 *	"session-3.scope"	a login session, which is a unit too
 *	"docker 0123456789ab"	also containerd, cri-o, podman; the first 12 digits
 *	"kubernetes 0123…"	a pod's, of a runtime that does not say its name
 *	"container 0123…"	64 hexadecimal digits that nobody else explains
 *	"lxc web1"		a container of LXC, LXD, Incus or Proxmox
 *	"machine web1"		a machine of systemd-nspawn or libvirt
 *	""			none: the root group, or none of these
 */
void cgroup_unit(const char *text, char *ret, size_t size);
