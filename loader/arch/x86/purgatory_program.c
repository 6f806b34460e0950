/* SPDX-License-Identifier: MIT */
/*
 * The compiled program of purgatory/ as data: PURGATORY_BIN is its file.
 */
#include "loader/arch/x86/purgatory.h"

__asm__(".section .rodata.purgatory_program, \"a\", @progbits\n"
	".globl purgatory_program\n"
	".globl purgatory_program_end\n"
	".balign 16\n"
	"purgatory_program:\n"
	".incbin \"" PURGATORY_BIN "\"\n"
	"purgatory_program_end:\n"
	".previous\n");
