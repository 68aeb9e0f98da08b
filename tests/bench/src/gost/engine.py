"""Signs and verifies with OpenSSL's GOST engine in this process: for each line "algorithm paramset runs" of the input,
microseconds of one signature and of one check, over a digest."""

import json
import sys
import time
from ctypes import CDLL, byref, c_char_p, c_int, c_size_t, c_uint, c_uint64, c_void_p, create_string_buffer
from ctypes.util import find_library

CRYPTO = CDLL(find_library("crypto"))
for name in ("ENGINE_by_id", "EVP_PKEY_CTX_new_id", "EVP_PKEY_CTX_new"):
    getattr(CRYPTO, name).restype = c_void_p

ENGINE_METHOD_ALL = 0xFFFF


def check(result):
    if not result or result == -2:
        sys.exit("OpenSSL refused")
    return result


def engine():
    CRYPTO.OPENSSL_init_crypto(c_uint64(0x4E), None)  # texts, configuration, algorithms
    found = c_void_p(check(CRYPTO.ENGINE_by_id(b"gost")))
    check(CRYPTO.ENGINE_init(found))
    check(CRYPTO.ENGINE_set_default(found, c_uint(ENGINE_METHOD_ALL)))
    return found


def key(gost, algorithm, paramset):
    context = c_void_p(check(CRYPTO.EVP_PKEY_CTX_new_id(c_int(CRYPTO.OBJ_sn2nid(algorithm)), gost)))
    check(CRYPTO.EVP_PKEY_keygen_init(context))
    check(CRYPTO.EVP_PKEY_CTX_ctrl_str(context, c_char_p(b"paramset"), c_char_p(paramset)))
    made = c_void_p()
    check(CRYPTO.EVP_PKEY_keygen(context, byref(made)))
    return made


def measure(gost, algorithm, paramset, runs):
    size = 32 if algorithm == b"gost2012_256" else 64
    own = key(gost, algorithm, paramset)
    sign = c_void_p(check(CRYPTO.EVP_PKEY_CTX_new(own, gost)))
    verify = c_void_p(check(CRYPTO.EVP_PKEY_CTX_new(own, gost)))
    check(CRYPTO.EVP_PKEY_sign_init(sign))
    check(CRYPTO.EVP_PKEY_verify_init(verify))
    digest, signature = b"\x77" * size, create_string_buffer(2 * size)
    length = c_size_t(2 * size)
    for _ in range(3):
        check(CRYPTO.EVP_PKEY_sign(sign, signature, byref(length), digest, c_size_t(size)))
    start = time.perf_counter()
    for _ in range(runs):
        CRYPTO.EVP_PKEY_sign(sign, signature, byref(length), digest, c_size_t(size))
    signed = time.perf_counter()
    for _ in range(runs):
        good = CRYPTO.EVP_PKEY_verify(verify, signature, c_size_t(2 * size), digest, c_size_t(size))
    verified = time.perf_counter()
    if good != 1:
        sys.exit("its own signature does not verify")
    micros = [1e6 * span / runs for span in (signed - start, verified - signed)]
    return dict(zip(("sign", "verify"), micros))


GOST = engine()
for line in sys.stdin:
    algorithm, paramset, runs = line.split()
    print(json.dumps(measure(GOST, algorithm.encode(), paramset.encode(), int(runs))), flush=True)
