include $(sort $(wildcard $(BR2_EXTERNAL_KDUMP_INIT_PATH)/package/*/*.mk))
