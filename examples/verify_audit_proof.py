#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Verifies a proof of the audit trail offline, with the standard library alone:

    verify_audit_proof.py PROOF.json KEY

PROOF.json is what `ashlar audit proof ID` prints (or `data` of GET /api/admin/audit/{id}/proof), KEY the log's verifier
key, obtained over a way that you trust. Ends with 0 and prints what was proved, or with 1 and the reason.
"""
import base64
import hashlib
import json
import sys

P = 2**255 - 19  # the field of Ed25519 (RFC 8032 section 5.1)
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def check(condition, why):
    if not condition:
        sys.exit("not proved: " + why)


def add(a, b):
    """The sum of two points in affine coordinates, on -x^2 + y^2 = 1 + d x^2 y^2."""
    (x, y), (u, v) = a, b
    product = D * x * u * y * v
    return ((x * v + y * u) * pow(1 + product, -1, P) % P, (y * v + x * u) * pow(1 - product, -1, P) % P)


def times(count, point):
    out = (0, 1)
    while count:
        if count & 1:
            out = add(out, point)
        point, count = add(point, point), count >> 1
    return out


def point_of(text):
    number = int.from_bytes(text, "little")
    y, odd = number & (2**255 - 1), number >> 255
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    check(y < P and x * x % P == square and not (x == 0 and odd), "a point is not on the curve")
    return (P - x if x & 1 != odd else x, y)


def is_signed(key, text, signature):
    base = point_of((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    k = int.from_bytes(hashlib.sha512(r + key + text).digest(), "little") % L
    return s < L and times(s, base) == add(point_of(r), times(k, point_of(key)))


def root_of_note(note, verifier):
    """The size and root that the note's first three lines state, when the key has signed them."""
    origin, _, key = verifier.split("+", 2)
    key = base64.b64decode(key, validate=True)
    key_id = hashlib.sha256(origin.encode() + b"\n" + key).digest()[:4]
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    lines = [line for line in signatures.splitlines() if line.startswith("\u2014 " + origin + " ")]
    signed = [base64.b64decode(line.rsplit(" ", 1)[1], validate=True) for line in lines]
    check(key[:1] == b"\x01" and any(each[:4] == key_id and is_signed(key[1:], text.encode(), each[4:])
                                     for each in signed), "the checkpoint is not signed by this key")
    name, size, root = text.splitlines()[:3]
    check(name == origin, "the checkpoint is of another log")
    return int(size), base64.b64decode(root, validate=True)


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def leaf_of(entry):
    """The bytes of the leaf. Personal data that was not erased has to match its commitment."""
    held = entry["commitments"]
    commit = lambda value: base64.b64encode(hashlib.sha256(canonical(value)).digest()).decode()
    personal = {name: entry["changes"][name] for name in held["subjectFields"]}
    if held["actorSalt"] is not None:
        actor = {"address": entry["address"], "agent": entry["agent"], "salt": held["actorSalt"]}
        check(commit(actor) == held["actorHash"], "address or agent was changed")
    if held["subjectSalt"] is not None:
        subject = {"fields": personal, "salt": held["subjectSalt"]}
        check(commit(subject) == held["subjectHash"], "a personal field was changed")
    leaf = {name: entry[name] for name in ("action", "actor", "at", "id", "requestId", "resource", "resourceId")}
    leaf.update(v=1, actorHash=held["actorHash"], subjectHash=held["subjectHash"], subjectId=held["subjectId"],
                changes={name: value for name, value in entry["changes"].items() if name not in personal})
    return canonical(leaf)


def root_by_proof(leaf, index, size, hashes):
    """RFC 9162 section 2.1.3.2."""
    check(0 <= index < size, "the index is not in the tree")
    out, last = hashlib.sha256(b"\0" + leaf).digest(), size - 1
    for each in hashes:
        check(last > 0, "the proof is too long")
        sibling = base64.b64decode(each, validate=True)
        if index & 1 or index == last:
            out = hashlib.sha256(b"\1" + sibling + out).digest()
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            out = hashlib.sha256(b"\1" + out + sibling).digest()
        index, last = index >> 1, last >> 1
    check(last == 0, "the proof is too short")
    return out


def main(file, verifier):
    with open(file, encoding="utf-8") as text:
        proof = json.load(text)
    proof = proof.get("data", proof)
    entry = proof["entry"]
    size, root = root_of_note(proof["checkpoint"], verifier)
    check(size == proof["size"] and entry["sequence"] == proof["index"], "the proof contradicts itself")
    check(root_by_proof(leaf_of(entry), proof["index"], size, proof["hashes"]) == root, "the entry is not in the tree")
    print(f"proved: {entry['action']} {entry['resource']} {entry['resourceId']} at {entry['at']} is entry "
          f"{proof['index']} of {size}")


if __name__ == "__main__":
    check(len(sys.argv) == 3, "usage: verify_audit_proof.py PROOF.json KEY")
    main(sys.argv[1], sys.argv[2])
