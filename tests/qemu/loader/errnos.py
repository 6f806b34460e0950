#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""6.12: whatever the kernel may refuse, by either call, has its sentence, and the machine stays armed: it is crashed
after each kind.

Files and command lines (EINVAL, ENOEXEC, EFBIG, ETXTBSY, EADDRNOTAVAIL), rights (EPERM), IMA (EACCES), a call that is
missing (ENOSYS), memory (ENOMEM), limits, kexec_load_disabled. Signatures and lockdown: loader/lockdown."""

from lib import fetch, kexecload, paths, wayback
from lib.scenario import check, main
from lib.wayback import Step

LONG = True

BEGIN = """. /etc/crashtest/expect
mount -t tmpfs tmp /tmp
K=/boot/vmlinuz-$(uname -r) I=/capture.img
pair="--kernel $K --initrd $I"
load() { call=$1; shift; kdump-loader load $call $pair "$@"; }
"""

FILES = """head -c 3000000 $K >/tmp/cut; : >/tmp/empty; cp $K /tmp/busy
head -c 6 $I >/tmp/big; truncate -s 300M /tmp/big
head -c 6 $I >/tmp/huge; truncate -s 5G /tmp/huge
for c in -s -c; do
	expect cut$c 1 1 "is truncated" load $c --kernel /tmp/cut
	expect empty$c 1 1 "is empty" load $c --kernel /tmp/empty
	expect other$c 1 1 "kernel $I " load $c --kernel $I
	expect folder$c 1 1 "not a regular file" load $c --kernel /boot
	expect long$c 1 1 "bytes too long" load $c --append "$(printf '%2100s' x | tr ' ' x)"
	expect big$c 1 1 "too small" load $c --initrd /tmp/big --foreign-initrd
	expect huge$c 1 1 "too small" load $c --initrd /tmp/huge --foreign-initrd
	expect user$c 1 1 "root (CAP_SYS_BOOT) is needed" su nobody -c "kdump-loader load $c $pair"
	sleep 20 >>/tmp/busy &
	usleep 300000
	expect writer$c 1 1 "open for writing" load $c --kernel /tmp/busy
	kill $!
done
"""
FILES_CHECKS = 18

# a file of user 1000 is appraised, and has no signature; kexec_load shows no file at all
APPRAISED = """mount -t securityfs securityfs /sys/kernel/security
echo "appraise func=KEXEC_KERNEL_CHECK appraise_type=imasig fowner=1000" >/sys/kernel/security/ima/policy
cp $K /tmp/refused
chown 1000 /tmp/refused
expect appraised-c 1 1 "only kexec_file_load (-s) is left" load -c
expect appraised-s 1 1 "a security module (IMA, SELinux, AppArmor) refuses" load -s --kernel /tmp/refused
expect again-s 1 1 "was loaded again: the machine is armed" load -s --kernel /tmp/refused
"""

MISSING = """expect missing-s 1 1 "has no kexec_file_load .*without -s" without-file-call /usr/sbin/kdump-loader load -s $pair
expect missing-c 1 1 "has no kexec_load .*is needed" without-file-call --segments /usr/sbin/kdump-loader load -c $pair
"""

MEMORY = """mkdir -p /mnt
mount -t tmpfs -o size=99% full /mnt
filled=0
while [ "$(sed -n 's/MemAvailable: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo)" -gt 17000 ]; do
	dd if=/dev/zero of=/mnt/$filled bs=1M count=3 2>/dev/null; filled=$((filled + 1))
done
expect memory-s 1 1 "out of memory: 1[0-9] MiB are available" load -s
umount /mnt
"""

LIMIT = """echo 2 >/proc/sys/kernel/kexec_load_limit_panic
expect limit-2 0 1 "kexec_load_limit_panic: 2 loads or unloads left" load -s
expect limit-reload 1 1 "stays until the next reboot" kdump-loader reload $pair --append x=1
expect limit-same 0 1 "nothing has changed" kdump-loader reload -s $pair
expect limit-last 0 1 "nothing can be loaded again" load -c
for c in -s -c; do
	expect limit-0$c 1 1 "kexec_load_limit_panic is 0" load $c
done
expect limit-unload 1 1 "kexec_load_limit_panic is 0" kdump-loader unload
"""

DISABLED = """echo 1 >/proc/sys/kernel/kexec_load_disabled
for c in -s -c; do
	expect disabled$c 1 1 "kexec_load_disabled is 1" load $c
done
expect disabled-unload 1 1 "kexec_load_disabled is 1" kdump-loader unload
"""

# kind, its checks
KINDS = ((FILES, FILES_CHECKS), (APPRAISED, 3), (MISSING, 2), (MEMORY, 1), (LIMIT, 7), (DISABLED, 3))


def judge(run):
    bad = run.said("crashtest: loader: FAIL")
    check(not bad, "; ".join(bad))
    good, wanted = run.said("crashtest: loader: ok"), sum(n for _, n in KINDS)
    check(len(good) == wanted, f"{len(good)} checks of {wanted}")
    print(f"  {len(good)} refusals and returns", flush=True)
    run.check()


def story():
    files = {"etc/passwd": ("root:x:0:0::/:/bin/sh\nnobody:x:1000:1000::/:/bin/sh\n", 0o644),
             "etc/crashtest/expect": ((paths.QEMU_DIR / "guest/expect").read_bytes(), 0o755),
             "bin/without-file-call": kexecload.no_file_call()["bin/without-file-call"]}
    steps = [Step(conf="kexec_min_uptime 0\n", shell=BEGIN + kind) for kind, _ in KINDS]
    wayback.run(fetch.kernel("trixie"), steps, files=files, judge=judge)


main(story)
