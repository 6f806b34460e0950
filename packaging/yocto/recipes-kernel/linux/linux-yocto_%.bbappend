FILESEXTRAPATHS:prepend := "${THISDIR}:"
SRC_URI += "file://kdump.cfg"
