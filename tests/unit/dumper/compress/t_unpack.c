/* SPDX-License-Identifier: MIT */
/*
 * The decoders of our own against what liblzo2 2.10 (lzo1x_1, lzo1x_999) and libsnappy 1.1.9 made,
 * and against blocks made by hand and broken ones.
 */
#include <errno.h>
#include <stdint.h>

#include "dumper/compress/compress.h"
#include "dumper/format/kdump_format.h"
#include "tests/unit/test.h"

static uint8_t page[65536], packed[65536], back[65536 + 8];
static struct decompressor unpack;

static uint32_t lcg(uint32_t x)
{
	return x * 1664525u + 1013904223u;
}

static void zeros(uint8_t *p, size_t n)
{
	memset(p, 0, n);
}

static void ramp(uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(i / 64);
}

/* Words of eight bytes, of which the first differs. */
static void words(uint8_t *p, size_t n)
{
	uint32_t x = 1;

	for (size_t i = 0; i < n; i++) {
		x = i % 8 ? x : lcg(x);
		p[i] = (uint8_t)(i % 8 ? i % 8 : 0x40 + (x >> 29));
	}
}

/* The same noise three times, far apart. */
static void far(uint8_t *p, size_t n)
{
	memset(p, 0, n);
	for (int k = 0; k < 3; k++) {
		uint32_t x = 7;

		for (size_t i = 0; i < 200; i++) {
			x = lcg(x);
			p[n * 2 * (size_t)k / 5 + i] = (uint8_t)(x >> 24);
		}
	}
	memcpy(p + 100, "abc", 3);
}

static const struct vector {
	uint32_t flag;
	void (*fill)(uint8_t *p, size_t n);
	size_t bytes;
	const char *packed; /* hex */
} vectors[] = {
	{ KDUMP_LZO, zeros, 4096,
	  "02000000000020000000000000000000000000000000da10000c00000000000000000000000000000011000"
	  "0" },
	{ KDUMP_LZO, ramp, 4096,
	  "020000000000201a110001201e010002201e010003201e010004201e010005201e010006201e010007201e01"
	  "0008201e010009201e01000a201e01000b201e01000c201e01000d201e01000e201e01000f201e010010201e"
	  "010011201e010012201e010013201e010014201e010015201e010016201e010017201e010018201e01001920"
	  "1e01001a201e01001b201e01001c201e01001d201e01001e201e01001f201e010020201e010021201e010022"
	  "201e010023201e010024201e010025201e010026201e010027201e010028201e010029201e01002a201e0100"
	  "2b201e01002c201e01002d201e01002e201e01002f201e010030201e010031201e010032201e010033201e01"
	  "0034201e010035201e010036201e010037201e010038201e010039201e01003a201e01003b201e01003c201e"
	  "01003d201e01003e201e01003f200b000000013f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f110000" },
	{ KDUMP_LZO, words, 4096, /* lzo1x_999 */
	  "1a410102030405060742dd0044dd0045dd00402d7d00462d9d00402dbc00fd04432d9c00fc06fd0d472d5d00"
	  "422d1d01442dbd0040353d024135dd004335dd02472ddd00422d5d0043351d01472d1d0045355d0041353d03"
	  "412d3d0141357d04422d9c032e5d01462d7d00433d5d04462006dd0147359d0547351d0143351d0445359d00"
	  "41359c002edd0644357d03442dfd004235dd0447353d0743357d05453ddc02365d06423d9d0c41351d064435"
	  "1d0047359d02473d9d02443dbd064035dd0740359d0b43355c09369d07443d1d0f473dfc10369d0f44351d03"
	  "403dbd0d423dfd06413dfd074420061d04402d7c0136fd0045359c123e9d14463d9d14463d5d02403ddd0145"
	  "355d0f463d7d094435fd02403d9d064335dd0742359c1536dc1936fd11463ddd0544351d1242351d004035dd"
	  "1647353c1b361d08423d5d0541355d0045353d0345200ebd0847357d1f4235fc013e9d064735fd0b403dbc19"
	  "36fc0a36dd15473d9d0b43351d06423dbd124635fc04365d0646351d00433d9c1f36dd1441200e7c102e3d1b"
	  "4435fd03473dfd19442006bd1b44353d07463dbc1d361c16361c1a365d0144357d06443d1d0b463dbc1d36dc"
	  "0536bd2146357d1e473dfc1a3efd014035bd0647355d004335dc03363d034035bd0b403d3d01452006dd2142"
	  "3dfc03361d28473dfd30473d3d15403d7d1b433d1d15473dbd014535fd0a453dfd2f40357c00369d14473dbd"
	  "0144355d1046359d0b443d7d03433ddc013e3d1345353c09367d0446359d0c463d3d06423d5d2a453dfd2e41"
	  "20069d16432006bd11413dfd18453dfc05369d144235bd044535fc03363c21365d0a463ddc252e3c0711000"
	  "0" },
	{ KDUMP_LZO, far, 4096,
	  "00be3de99ced0cdb5c0d11fbf988738c9ac7c76b79da5c7b17bfd55b2dfb1f74741b1d9fc5159bed44975a50"
	  "83b64f28dfa061ff7c2d40eb967e2c6f2d00b1c2258bbde25f68a3d4807bc9f553e23546f3b7350d4bd3c235"
	  "82c16a545a34de34adb370448656616263c0dcc63baf9513bed290da0ebf6ffee93248d9cffcf307e23dfb3d"
	  "ecd5a58f5f2f060222c3165d7dfe308d8168890ead3c712ebfbf6e1de9159627d85fa3764457ae4d03c98f99"
	  "c3884934f4ca0753840f86e86deb01fd3e6eef3f22f12354088a00000000000000002000000000007a180020"
	  "43941902196277c0dc200000000000000000000c94190a00000000000000000000000000110000" },
	{ KDUMP_LZO, far, 65536, /* lzo1x_999 */
	  "da3de99ced0cdb5c0d11fbf988738c9ac7c76b79da5c7b17bfd55b2dfb1f74741b1d9fc5159bed44975a5083"
	  "b64f28dfa061ff7c2d40eb967e2c6f2d00b1c2258bbde25f68a3d4807bc9f553e23546f3b7350d4bd3c23582"
	  "c16a545a34de34adb370448656616263c0dcc63baf9513bed290da0ebf6ffee93248d9cffcf307e23dfb3dec"
	  "d5a58f5f2f060222c3165d7dfe308d8168890ead3c712ebfbf6e1de9159627d85fa3764457ae4d03c98f99c3"
	  "884934f4ca0753840f86e86deb01fd3e6eef3f22f12354088a002000000000000000e6000020000000000000"
	  "00e600002000000000000000e600002000000000000000e600002000000000000000e6000020000000000000"
	  "00e600002000000000000000e600002000000000000000e600002000000000000000e6000020000000000000"
	  "00e600002000000000000000e600002000000000000000e60000200000000000810000105b9b991962771000"
	  "000000000000fe98992000000000000000e600002000000000000000e600002000000000000000e600002000"
	  "000000000000e600002000000000000000e600002000000000000000e600002000000000000000e600002000"
	  "000000000000e600002000000000000000e600002000000000000000e600002000000000000000e600002000"
	  "00000000e300001000000000000000fe98992000000000000000e600002000000000000000e6000020000000"
	  "00000000e600002000000000000000e600002000000000000000e6000020000000160000110000" },
	{ KDUMP_SNAPPY, zeros, 4096,
	  "80200000fe0100fe0100fe0100fe0100fe0100fe0100fe0100fe0100fe0100fe0100fe0100fe0100fe0100fe"
	  "0100fe0100fe0100fe0100fe0100fe0100fe0100fe0100fe0100fe0100fe0100fe0100fe0100fe0100fe0100"
	  "fe0100fe0100fe0100fe0100fe0100fe0100fe0100fe0100fe0100fe0100fe0100fe0100fe0100fe0100fe01"
	  "00fe0100fe0100fe0100fe0100fe0100fe0100fe0100fe0100fe0100fe0100fe0100fe0100fe0100fe0100fe"
	  "0100fe0100fe0100fe0100fe0100fe0100fa0100" },
	{ KDUMP_SNAPPY, ramp, 4096,
	  "80200000fa01000001fa01000002fa01000003fa01000004fa01000005fa01000006fa01000007fa01000008"
	  "fa01000009fa0100000afa0100000bfa0100000cfa0100000dfa0100000efa0100000ffa01000010fa010000"
	  "11fa01000012fa01000013fa01000014fa01000015fa01000016fa01000017fa01000018fa01000019fa0100"
	  "001afa0100001bfa0100001cfa0100001dfa0100001efa0100001ffa01000020fa01000021fa01000022fa01"
	  "000023fa01000024fa01000025fa01000026fa01000027fa01000028fa01000029fa0100002afa0100002bfa"
	  "0100002cfa0100002dfa0100002efa0100002ffa01000030fa01000031fa01000032fa01000033fa01000034"
	  "fa01000035fa01000036fa01000037fa01000038fa01000039fa0100003afa0100003bfa0100003cfa010000"
	  "3dfa0100003efa0100003ffa0100" },
	{ KDUMP_SNAPPY, words, 4096,
	  "8020204101020304050607420d0800440d0800450d0800400d08112000460d10112811201130112800433a28"
	  "001138117000470d201118113811481160113011681108113011203e38001180112811681178113811201118"
	  "113811801110112011081170111011083e58001128111811501110116811a0119011e83e5800112811201150"
	  "1110114011601130112811183e780011681148110811183e4800115011e0112811101120110811783e280011"
	  "3011901108118011401118114011e81198111011201108114011081128116011801108112811083e60001138"
	  "114811383e180011f01108114811c83e08003eb000116011181168110811a01148118011301170111811883e"
	  "3000111011503e080011401178116011101140117011b811201130111811281138110811a011701118113011"
	  "181108115811381160110811c8114011181130114811a811081178114011083e3000111011605e4000111811"
	  "7811101190116011781150110811e811101138111011881158111011085e78001130114811883e1000119811"
	  "5011101188113811203e080011c01128114011083e48001130114811203e980011505ec80011183100117011"
	  "10116811603e0800118011301170113811901120111011781170115811201148112011403e18001148111811"
	  "1011081140115811083ea00011101188113811103e800011701128110811301150312011783e100011481160"
	  "11281148111011d0113011081168112811603e3000112011681160112811481110113011d811101178111811"
	  "5011203e080011303e700011383eb00011881120114011981118111011581138110811a01140119811201138"
	  "1150110811381160110811481108112811c011603e08001168117811681118110811381150112811183e0800"
	  "118011081120111011583e100011283e60001128111811e83100112011a011201150112011e8110811181108"
	  "116011083e400011181168114811d0111011081118119011103e7000112011d0116011101188111811303e50"
	  "001130111811881118110811201188110811e03e380011701118119011381198112011481128117811283e08"
	  "00113011681108116011401160114011101140112811e0110811181130110811183e500011201108112011d0"
	  "11181140116811083eb80011a01140110811181130115811701110311011103e780011501128118811283e08"
	  "0011303e280011601120111011a011181150112011b0115011101138119811383e2800111831101168110811"
	  "40113811101120116811081118115011a81168112011101138112811c01128117811203e1000112811501140"
	  "11581118111011401118115811081150111011f0114011381c4501020304050607" },
	{ KDUMP_SNAPPY, far, 4096,
	  "8020f0d03de99ced0cdb5c0d11fbf988738c9ac7c76b79da5c7b17bfd55b2dfb1f74741b1d9fc5159bed4497"
	  "5a5083b64f28dfa061ff7c2d40eb967e2c6f2d00b1c2258bbde25f68a3d4807bc9f553e23546f3b7350d4bd3"
	  "c23582c16a545a34de34adb370448656616263c0dcc63baf9513bed290da0ebf6ffee93248d9cffcf307e23d"
	  "fb3decd5a58f5f2f060222c3165d7dfe308d8168890ead3c712ebfbf6e1de9159627d85fa3764457ae4d03c9"
	  "8f99c3884934f4ca0753840f86e86deb01fd3e6eef3f22f12354088a000000000000000000fe0700fe0700fe"
	  "0700fe0700fe0700fe0700fe0700fe0700fe0700fe0700fe0700fe0700fe0700fe0700fe0700fe0700fe0700"
	  "fe0700fe0700fe0700fe0700fe0700520700fe66068e660614196277c0dcc6fe6606fe6606fe6606fe6606fe"
	  "6606fe6606fe6606fe6606fe6606fe6606fe6606fe6606fe6606fe6606fe6606fe6606fe6606fe6606fe6606"
	  "fe6606fe6606fe6606fe6606fe6606fe6606fe6606fe6606fe6606fe6606fe6606fe6606fe6606fe6606fe66"
	  "06fe6606fe6606be6606" },
};

static size_t from_hex(const char *hex)
{
	size_t n = strlen(hex) / 2;

	for (size_t i = 0; i < n; i++) {
		char two[3] = { hex[2 * i], hex[2 * i + 1], '\0' };

		packed[i] = (uint8_t)strtoul(two, NULL, 16);
	}
	return n;
}

/* From memory of its own length, so that a read beyond it is seen. */
static int unpacked(uint32_t flag, size_t n, size_t bytes)
{
	uint8_t *src = malloc(n ? n : 1);
	int r;

	memcpy(src, packed, n);
	memset(back, 0xee, sizeof(back));
	r = decompress_page(&unpack, flag, src, n, back, bytes);
	CHECK(back[bytes] == 0xee);
	free(src);
	return r;
}

static void broken(const struct vector *v, size_t n)
{
	for (size_t cut = 0; cut < n; cut += 1 + cut / 16)
		CHECK_EQ(unpacked(v->flag, cut, v->bytes), -EBADMSG);
	CHECK_EQ(unpacked(v->flag, n + 1, v->bytes), -EBADMSG);
	CHECK_EQ(unpacked(v->flag, n, v->bytes - 1), -EBADMSG);
	if (v->bytes < sizeof(page))
		CHECK_EQ(unpacked(v->flag, n, v->bytes + 1), -EBADMSG);
	/* anything is allowed but to read or write where it may not */
	for (size_t at = 0; at < n; at++) {
		for (int bit = 0; bit < 8; bit++) {
			packed[at] ^= (uint8_t)(1 << bit);
			unpacked(v->flag, n, v->bytes);
			packed[at] ^= (uint8_t)(1 << bit);
		}
	}
}

TEST(what_the_libraries_made)
{
	CHECK_EQ(decompress_open(&unpack), 0);
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		const struct vector *v = &vectors[i];
		size_t n = from_hex(v->packed);

		v->fill(page, v->bytes);
		CHECK_EQ(unpacked(v->flag, n, v->bytes), 0);
		CHECK(!memcmp(back, page, v->bytes));
		if (v->bytes == 4096)
			broken(v, n);
	}
	decompress_close(&unpack);
}

/* One block made by hand; want NULL: it is refused. */
static void block(uint32_t flag, const char *hex, const char *want)
{
	size_t n = from_hex(hex), bytes = want ? strlen(want) : 8;
	int r = unpacked(flag, n, bytes);

	if (r != (want ? 0 : -EBADMSG) || (want && memcmp(back, want, bytes))) {
		printf("%s:%d: %s: %d, \"%.*s\"\n", __FILE__, __LINE__, hex, r, (int)bytes, back);
		test_failures++;
	}
}

TEST(lzo_instructions)
{
	CHECK_EQ(decompress_open(&unpack), 0);
	block(KDUMP_LZO,
	      "1961626364"
	      "6566676811"
	      "0000",
	      "abcdefgh"); /* literals alone: 25 - 17 */
	block(KDUMP_LZO,
	      "05"
	      "6162636465666768"
	      "110000",
	      "abcdefgh"); /* and as an instruction */
	block(KDUMP_LZO,
	      "15"
	      "61626364"
	      "2c"
	      "0000"
	      "110000",
	      NULL); /* 14 bytes for 4 */
	block(KDUMP_LZO,
	      "15"
	      "61626364"
	      "22"
	      "0000"
	      "110000",
	      "abcddddd"); /* 32: 4 from 1 back */
	block(KDUMP_LZO,
	      "15"
	      "61626364"
	      "220c00"
	      "110000",
	      "abcdabcd"); /* 4 from 4 back */
	block(KDUMP_LZO,
	      "15"
	      "61626364"
	      "2c0000"
	      "110000",
	      NULL); /* too long */
	block(KDUMP_LZO,
	      "15"
	      "61626364"
	      "221000"
	      "110000",
	      NULL); /* 5 back */
	block(KDUMP_LZO,
	      "15"
	      "61626364"
	      "210e00"
	      "7879"
	      "110000",
	      NULL); /* nine bytes */
	block(KDUMP_LZO,
	      "15"
	      "61626364"
	      "6c00"
	      "110000",
	      "abcdabcd"); /* 64: 4 from 4 back */
	block(KDUMP_LZO,
	      "15"
	      "61626364"
	      "4c00"
	      "78"
	      "110000",
	      NULL); /* a byte that nothing announced */
	block(KDUMP_LZO,
	      "15"
	      "61626364"
	      "4d00"
	      "78"
	      "110000",
	      "abcdabcx"); /* 3, one literal */
	block(KDUMP_LZO,
	      "14"
	      "616263"
	      "0800"
	      "4c00"
	      "110000",
	      "abcabbca"); /* 0 behind three literals */
	block(KDUMP_LZO,
	      "15"
	      "61626364"
	      "0000"
	      "110000",
	      NULL); /* 2049 back */
	block(KDUMP_LZO, "110000", NULL);
	block(KDUMP_LZO,
	      "15"
	      "61626364"
	      "2000000000",
	      NULL); /* a length without an end */
	block(KDUMP_LZO,
	      "1961626364"
	      "65666768",
	      NULL); /* no end */
	block(KDUMP_LZO,
	      "1961626364"
	      "6566676811"
	      "000000",
	      NULL); /* bytes behind it */
	decompress_close(&unpack);
}

TEST(snappy_elements)
{
	CHECK_EQ(decompress_open(&unpack), 0);
	block(KDUMP_SNAPPY,
	      "08"
	      "1c"
	      "6162636465666768",
	      "abcdefgh");
	block(KDUMP_SNAPPY,
	      "8800"
	      "1c"
	      "6162636465666768",
	      "abcdefgh"); /* a size that is too long */
	block(KDUMP_SNAPPY,
	      "08"
	      "f007"
	      "6162636465666768",
	      "abcdefgh"); /* length in 1 to 4 bytes */
	block(KDUMP_SNAPPY,
	      "08"
	      "f40700"
	      "6162636465666768",
	      "abcdefgh");
	block(KDUMP_SNAPPY,
	      "08"
	      "f8070000"
	      "6162636465666768",
	      "abcdefgh");
	block(KDUMP_SNAPPY,
	      "08"
	      "fc07000000"
	      "6162636465666768",
	      "abcdefgh");
	block(KDUMP_SNAPPY,
	      "08"
	      "fcffffffff"
	      "6162636465666768",
	      NULL);
	block(KDUMP_SNAPPY,
	      "08"
	      "0c61626364"
	      "0104",
	      "abcdabcd"); /* copies: 1, 2, 4 bytes */
	block(KDUMP_SNAPPY,
	      "08"
	      "0c61626364"
	      "0e0400",
	      "abcdabcd");
	block(KDUMP_SNAPPY,
	      "08"
	      "0c61626364"
	      "0f04000000",
	      "abcdabcd");
	block(KDUMP_SNAPPY,
	      "08"
	      "0c61626364"
	      "0101",
	      "abcddddd"); /* over itself */
	block(KDUMP_SNAPPY,
	      "08"
	      "0c61626364"
	      "0100",
	      NULL);
	block(KDUMP_SNAPPY,
	      "08"
	      "0c61626364"
	      "0105",
	      NULL);
	block(KDUMP_SNAPPY,
	      "08"
	      "0c61626364"
	      "1204"
	      "00",
	      NULL); /* five bytes for four */
	block(KDUMP_SNAPPY,
	      "08"
	      "0c61626364"
	      "0104"
	      "00",
	      NULL);
	block(KDUMP_SNAPPY,
	      "09"
	      "1c"
	      "6162636465666768",
	      NULL);
	block(KDUMP_SNAPPY, "ffffffffff", NULL);
	block(KDUMP_SNAPPY, "", NULL);
	decompress_close(&unpack);
}
