/* SPDX-License-Identifier: MIT */
/*
 * Entered by the dying kernel's relocate_kernel: 64-bit mode, all RAM mapped at its physical
 * address, interrupts off, no stack, descriptor tables of no use. Left as
 * Documentation/arch/x86/boot.rst (64-bit boot protocol) asks: flat segments 0x10 and 0x18, %rsi
 * on boot_params. Addresses are relative throughout: it runs wherever it lies.
 */
#include "loader/arch/x86/purgatory.h"

	.section .head, "awx"
	.code64
	.globl	purgatory_start
purgatory_start:
	jmp	begin
	/* struct purgatory_params, which the loader fills in; PURGATORY_OFFSET */
	.balign	16
params:
	.fill	PURGATORY_PARAMS_BYTES, 1, 0
	.balign	16
gdt:
	.quad	0
	.quad	0
	.quad	0x00af9a000000ffff	/* 0x10: code, 64-bit */
	.quad	0x00cf92000000ffff	/* 0x18: data */
gdt_pointer:
	.word	. - gdt - 1
	.quad	0

begin:
	cli
	cld
	mov	params(%rip), %rsp
	lea	gdt(%rip), %rax
	mov	%rax, gdt_pointer + 2(%rip)
	lgdt	gdt_pointer(%rip)
	mov	$0x18, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	xor	%eax, %eax
	mov	%eax, %fs
	mov	%eax, %gs
	lea	1f(%rip), %rax
	pushq	$0x10
	push	%rax
	lretq
1:	lea	params(%rip), %rdi
	call	purgatory
	mov	params + 24(%rip), %rax
	test	%rax, %rax
	jz	2f
	mov	%rax, %cr3
2:	mov	params + 8(%rip), %rsi
	mov	params + 16(%rip), %rax
	xor	%ebx, %ebx
	xor	%ecx, %ecx
	xor	%edx, %edx
	xor	%edi, %edi
	xor	%ebp, %ebp
	jmp	*%rax
	.section .note.GNU-stack, "", @progbits
