/* SPDX-License-Identifier: MIT */
/* Who writes the sysctls at boot. */
#pragma once

enum boot_engine { BOOT_PROCPS, BOOT_SYSTEMD, BOOT_ENGINES };
