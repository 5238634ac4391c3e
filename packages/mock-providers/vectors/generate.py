#!/usr/bin/env python3
"""Writes the test vectors beside this file from botocore, AWS's own Python library. Run by hand; see ../README.md.

sigv4.json          requests signed by botocore
event-stream.json   event stream messages of every header type, accepted by botocore's decoder
bedrock-model.json  the shapes of Converse and CountTokens requests, as far as they are validated
"""

import binascii
import datetime
import gzip
import json
import os
import struct
from unittest import mock
from urllib.parse import quote

import botocore
import botocore.auth
import botocore.eventstream
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

HERE = os.path.dirname(os.path.abspath(__file__))
NOW = datetime.datetime(2026, 11, 21, 6, 30, 0, tzinfo=datetime.timezone.utc)
KEY = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
TOKEN = "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJHMEUCIQ+tok/en=="

PROFILE = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0"
APPLICATION = "arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/a1b2c3d4e5f6"
SONNET = "anthropic.claude-3-5-sonnet-20241022-v2:0"


def write(name, value):
    with open(os.path.join(HERE, name), "w", encoding="utf-8") as file:
        json.dump(value, file, indent=1, ensure_ascii=True)
        file.write("\n")


class RecordingAuth(botocore.auth.SigV4Auth):
    """Keeps the canonical request that was signed."""

    def canonical_request(self, request):
        self.canonical = super().canonical_request(request)
        return self.canonical


def sign(case):
    """Signs with botocore as a client of bedrock-runtime would, over exactly the path of the case."""
    region = case.get("region", "us-east-1")
    host = case.get("host", f"bedrock-runtime.{region}.amazonaws.com")
    body = case["body"].encode("utf-8") * case.get("repeat", 1)
    headers = {"content-type": "application/json", **case.get("headers", {})}
    request = AWSRequest(case.get("method", "POST"), f"https://{host}{case['path']}", headers=headers, data=body)
    signer = RecordingAuth(Credentials(*KEY, case.get("token")), "bedrock", region)
    with mock.patch("botocore.auth.get_current_datetime", lambda *_, **__: NOW.replace(tzinfo=None)):
        signer.add_auth(request)
    return {
        "name": case["name"],
        "method": request.method,
        "path": case["path"],
        "region": region,
        "headers": [["Host", host]] + [[key, value] for key, value in request.headers.items()],
        "body": case["body"],
        "repeat": case.get("repeat", 1),
        "sessionToken": case.get("token"),
        "canonicalRequest": signer.canonical,
    }


def model_path(model, operation="converse", safe=""):
    return f"/model/{quote(model, safe=safe)}/{operation}"


def sigv4_cases():
    hello = json.dumps({"messages": [{"role": "user", "content": [{"text": "hi"}]}]})
    yield {"name": "colon left raw", "path": model_path(SONNET, safe=":"), "body": hello}
    yield {"name": "colon encoded", "path": model_path(SONNET), "body": hello}
    yield {"name": "stream", "path": model_path(SONNET, "converse-stream"), "body": hello}
    yield {"name": "invoke", "path": model_path(SONNET, "invoke"), "body": hello}
    yield {"name": "invoke stream", "path": model_path(SONNET, "invoke-with-response-stream", ":"), "body": hello}
    yield {"name": "count tokens", "path": model_path(SONNET, "count-tokens"), "body": hello}
    yield {"name": "cross-region profile id", "path": model_path("us.meta.llama3-2-1b-instruct-v1:0"), "body": hello}
    yield {"name": "inference profile arn", "path": model_path(PROFILE), "body": hello}
    yield {"name": "inference profile arn, colons raw", "path": model_path(PROFILE, safe=":"), "body": hello}
    yield {"name": "application profile arn", "path": model_path(APPLICATION), "region": "eu-central-1", "body": hello}
    yield {"name": "foundation model arn", "path": model_path(f"arn:aws:bedrock:us-west-2::foundation-model/{SONNET}"), "region": "us-west-2", "body": hello}
    yield {"name": "sagemaker arn", "path": model_path("arn:aws:sagemaker:us-east-1:123456789012:endpoint/my-endpoint"), "body": hello}
    yield {"name": "prompt router arn", "path": model_path("arn:aws:bedrock:us-east-1:123456789012:default-prompt-router/anthropic.claude:1", safe=":"), "body": hello}
    yield {"name": "govcloud partition", "path": model_path("arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:inference-profile/us-gov.x"), "region": "us-gov-west-1", "body": hello}
    yield {"name": "unicode in the model", "path": model_path("modèle-日本"), "body": hello}
    yield {"name": "lower-case escapes", "path": "/model/arn%3aaws%2fx/converse", "body": hello}
    yield {"name": "unreserved characters", "path": "/model/a-b_c.d~e/converse", "body": hello}
    yield {"name": "reserved characters raw", "path": "/model/a;b,c@d!e$f&g'h(i)*+=/converse", "body": hello}
    yield {"name": "session token", "path": model_path(SONNET), "body": hello, "token": TOKEN}
    yield {"name": "session token on a profile arn", "path": model_path(PROFILE), "body": hello, "token": TOKEN}
    yield {"name": "empty body", "path": model_path(SONNET), "body": ""}
    yield {"name": "unicode body", "path": model_path(SONNET), "body": json.dumps({"t": "häß 日本 😀"}, ensure_ascii=False)}
    yield {"name": "body of a kilobyte", "path": model_path(SONNET), "body": "x" * 32, "repeat": 32}
    yield {"name": "body of two megabytes", "path": model_path(SONNET), "body": "0123456789abcdef", "repeat": 131072}
    yield {"name": "get without query", "method": "GET", "path": "/async-invoke", "body": ""}
    yield {"name": "query sorted", "method": "GET", "path": "/async-invoke?a=1&b=2&c=", "body": ""}
    yield {"name": "query names that begin alike", "method": "GET", "path": "/async-invoke?a-b=1&a=2&ab=3&a=1", "body": ""}
    yield {"name": "query escaped", "method": "GET", "path": "/async-invoke?nextToken=a%2Bb%2F%3D&statusEquals=Completed", "body": ""}
    yield {"name": "more signed headers", "path": model_path(SONNET, "invoke"), "body": hello, "headers": {"x-amzn-bedrock-trace": "ENABLED", "x-amzn-bedrock-guardrailidentifier": "abc123", "accept": "application/json"}}
    yield {"name": "header with inner spaces", "path": model_path(SONNET), "body": hello, "headers": {"x-amzn-note": "  a   b  c "}}
    yield {"name": "port in the host", "path": model_path(SONNET), "body": hello, "host": "127.0.0.1:18080"}
    yield {"name": "vpc endpoint", "path": model_path(SONNET), "body": hello, "host": "vpce-0123-abc.bedrock-runtime.us-east-1.vpce.amazonaws.com"}
    yield {"name": "fips endpoint", "path": model_path(SONNET), "body": hello, "region": "us-east-2", "host": "bedrock-runtime-fips.us-east-2.amazonaws.com"}


def encode_header(name, kind, value):
    raw = name.encode()
    head = struct.pack("B", len(raw)) + raw
    if kind == "boolean":
        return head + struct.pack("B", 0 if value else 1)
    if kind in ("binary", "string"):
        payload = bytes.fromhex(value) if kind == "binary" else value.encode()
        return head + struct.pack("!BH", 6 if kind == "binary" else 7, len(payload)) + payload
    if kind == "uuid":
        return head + b"\x09" + bytes.fromhex(value)
    code, form = {"byte": (2, "!b"), "short": (3, "!h"), "integer": (4, "!i"), "long": (5, "!q"), "timestamp": (8, "!q")}[kind]
    return head + struct.pack("B", code) + struct.pack(form, int(value))


def encode_message(headers, payload):
    block = b"".join(encode_header(*header) for header in headers)
    prelude = struct.pack("!II", len(block) + len(payload) + 16, len(block))
    prelude += struct.pack("!I", binascii.crc32(prelude))
    return prelude + block + payload + struct.pack("!I", binascii.crc32(prelude + block + payload))


def decoded_by_botocore(frame):
    buffer = botocore.eventstream.EventStreamBuffer()
    buffer.add_data(frame)
    (message,) = list(buffer)
    return message


def event_stream_case(name, headers, payload):
    frame = encode_message(headers, payload)
    message = decoded_by_botocore(frame)
    if message.payload != payload or len(message.headers) != len(headers):
        raise ValueError(f"botocore reads {name} differently")
    return {
        "name": name,
        "headers": [{"name": header, "type": kind, "value": value} for header, kind, value in headers],
        "payload": payload.hex(),
        "frame": frame.hex(),
    }


def event_stream_cases():
    def event(kind, value):
        return [(":event-type", "string", kind), (":content-type", "string", "application/json"), (":message-type", "string", "event")], value

    yield event_stream_case("messageStart", *event("messageStart", b'{"role":"assistant"}'))
    yield event_stream_case("unicode", *event("contentBlockDelta", '{"delta":{"text":"h\u00e4\u00df \u65e5\u672c \U0001f600"}}'.encode()))
    yield event_stream_case("large payload", *event("chunk", b"0123456789abcdef" * 256))
    yield event_stream_case(
        "exception",
        [(":exception-type", "string", "throttlingException"), (":content-type", "string", "application/json"), (":message-type", "string", "exception")],
        b'{"message":"slow down"}',
    )
    yield event_stream_case(
        "error", [(":error-code", "string", "InternalError"), (":error-message", "string", "boom"), (":message-type", "string", "error")], b""
    )
    yield event_stream_case("nothing at all", [], b"")
    yield event_stream_case("booleans", [("yes", "boolean", True), ("no", "boolean", False)], b"{}")
    yield event_stream_case(
        "numbers",
        [("b", "byte", -128), ("s", "short", -32768), ("i", "integer", -2147483648), ("l", "long", "-9223372036854775808"), ("t", "timestamp", "1795242600000")],
        b"",
    )
    yield event_stream_case("bytes", [("raw", "binary", "00ff10"), ("id", "uuid", "00112233445566778899aabbccddeeff"), ("none", "binary", "")], b"x")


def bedrock_model():
    path = os.path.join(botocore.__path__[0], "data", "bedrock-runtime", "2023-09-30", "service-2.json.gz")
    with gzip.open(path) as file:
        shapes = json.load(file)["shapes"]
    found = {}

    def visit(name):
        if name in found:
            return
        shape = shapes[name]
        members = {key: member["shape"] for key, member in shape.get("members", {}).items() if member.get("location") != "uri"}
        kept = {key: shape[key] for key in ("min", "max", "pattern", "enum") if key in shape}
        kept["type"] = "document" if shape.get("document") else shape["type"]
        if kept["type"] == "structure":
            kept["members"] = members
            kept["required"] = sorted(set(shape.get("required", [])) & set(members))
            kept["union"] = shape.get("union", False)
        for key in ("member", "key", "value"):
            if key in shape:
                kept[key] = shape[key]["shape"]
        found[name] = kept
        for child in [*members.values(), *(kept[key] for key in ("member", "key", "value") if key in kept)]:
            visit(child)

    visit("ConverseRequest")
    visit("CountTokensRequest")
    return found


def main():
    origin = f"botocore {botocore.__version__}"
    write("sigv4.json", {"origin": origin, "now": NOW.isoformat(), "accessKeyId": KEY[0], "secretAccessKey": KEY[1], "vectors": [sign(case) for case in sigv4_cases()]})
    write("event-stream.json", {"origin": origin, "vectors": list(event_stream_cases())})
    write("bedrock-model.json", {"origin": origin, "shapes": bedrock_model()})


if __name__ == "__main__":
    main()
