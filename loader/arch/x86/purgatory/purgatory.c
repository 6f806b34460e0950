/* SPDX-License-Identifier: MIT */
/*
 * A crash image that was overwritten is not entered: what it would do nobody knows, and nothing
 * would be saved. The machine is reset instead, so that it comes back, and a serial console, if
 * there is one, is told why.
 */
#include "loader/arch/x86/purgatory.h"

#include <string.h>

enum {
	LINE_STATUS = 5,   /* register of an 8250; */
	LINE_READY = 0x20, /* an absent one reads as all ones */
	LINE_TRIES = 1000000,
	KEYBOARD = 0x64, /* its controller is wired to the reset line */
	KEYBOARD_RESET = 0xfe,
	RESET_CONTROL = 0xcf9, /* of the chipset */
	RESET_ARM = 0x02,
	RESET_FULL = 0x0e,
};

void purgatory(const struct purgatory_params *p);

static uint8_t in(uint16_t port)
{
	uint8_t v;

	__asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static void out(uint16_t port, uint8_t v)
{
	__asm__ volatile("outb %0, %1" : : "a"(v), "Nd"(port));
}

/* What the compiler may call. */
void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	void *t = to;

	/* as an instruction: a loop would be compiled to a call of itself */
	__asm__ volatile("rep movsb" : "+D"(t), "+S"(from), "+c"(n) : : "memory");
	return to;
}

void *memset(void *to, int c, size_t n)
{
	void *t = to;

	__asm__ volatile("rep stosb" : "+D"(t), "+c"(n) : "a"(c) : "memory");
	return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const uint8_t *x = a, *y = b;

	for (; n; n--, x++, y++) {
		if (*x != *y)
			return *x - *y;
	}
	return 0;
}

static void say(uint16_t port, const char *s, size_t max)
{
	for (; port && max-- && *s; s++) {
		for (unsigned n = 0; n < LINE_TRIES && !(in(port + LINE_STATUS) & LINE_READY); n++)
			;
		out(port, (uint8_t)*s);
	}
}

static void wait(void)
{
	/* a port that nothing answers: a microsecond each */
	for (unsigned n = 0; n < 50000; n++)
		out(0x80, 0);
}

static void reset(void)
{
	static const struct {
		uint16_t bytes;
		uint64_t at;
	} __attribute__((packed)) no_interrupts = { 0, 0 };

	out(RESET_CONTROL, RESET_ARM);
	wait();
	out(RESET_CONTROL, RESET_FULL);
	wait();
	out(KEYBOARD, KEYBOARD_RESET);
	wait();
	/* an exception that none can take: the processor shuts down, the board resets it */
	__asm__ volatile("lidt %0; ud2" : : "m"(no_interrupts));
	__builtin_unreachable();
}

void purgatory(const struct purgatory_params *p)
{
	const struct purgatory_region *r = purgatory_damaged(p);
	uint16_t port = (uint16_t)p->port;

	if (!r)
		return;
	say(port, "\r\nkdump-loader: the loaded ", 64);
	say(port, r->name, sizeof(r->name));
	say(port, " was overwritten: no capture, the machine is reset\r\n", 64);
	reset();
}
