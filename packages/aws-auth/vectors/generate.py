"""Writes sigv4.json: requests signed by botocore, for the tests of the signer.

Run: python3 -m venv VENV && VENV/bin/pip install botocore && VENV/bin/python generate.py > sigv4.json
"""

import json
import sys
from urllib.parse import quote

import botocore
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ACCOUNT = "123456789012"
PLAIN_IDS = """
anthropic.claude-3-5-sonnet-20241022-v2:0
anthropic.claude-3-5-haiku-20241022-v1:0
anthropic.claude-3-haiku-20240307-v1:0
anthropic.claude-opus-4-20250514-v1:0
anthropic.claude-sonnet-4-20250514-v1:0
us.anthropic.claude-sonnet-4-20250514-v1:0
eu.anthropic.claude-3-7-sonnet-20250219-v1:0
apac.anthropic.claude-3-5-sonnet-20240620-v1:0
jp.anthropic.claude-sonnet-4-5-20250929-v1:0
au.anthropic.claude-haiku-4-5-20251001-v1:0
global.anthropic.claude-sonnet-4-5-20250929-v1:0
us-gov.anthropic.claude-3-5-sonnet-20240620-v1:0
anthropic.claude-v2:1:200k
us.meta.llama3-2-1b-instruct-v1:0
meta.llama3-70b-instruct-v1:0
us.meta.llama4-maverick-17b-instruct-v1:0
amazon.nova-pro-v1:0
amazon.nova-micro-v1:0:24k
us.amazon.nova-premier-v1:0
amazon.titan-embed-text-v2:0
amazon.titan-text-express-v1
mistral.mistral-large-2407-v1:0
mistral.mixtral-8x7b-instruct-v0:1
cohere.command-r-plus-v1:0
cohere.embed-multilingual-v3
deepseek.r1-v1:0
openai.gpt-oss-120b-1:0
qwen.qwen3-coder-480b-a35b-v1:0
zai.glm-4-6
ai21.jamba-1-5-large-v1:0
""".split()
ARNS = [
    f"arn:aws:bedrock:us-east-1:{ACCOUNT}:inference-profile/us.anthropic.claude-sonnet-4-20250514-v1:0",
    f"arn:aws:bedrock:eu-central-1:{ACCOUNT}:application-inference-profile/a1b2c3d4e5f6",
    f"arn:aws:bedrock:us-east-1:{ACCOUNT}:application-inference-profile/ab/c:d",
    f"arn:aws:bedrock:us-west-2:{ACCOUNT}:provisioned-model/x1y2z3",
    f"arn:aws:bedrock:us-west-2:{ACCOUNT}:custom-model/anthropic.claude-3-haiku-20240307-v1:0:200k/abcdef123456",
    f"arn:aws:bedrock:us-west-2:{ACCOUNT}:imported-model/abcdef123456",
    f"arn:aws:bedrock:us-east-1:{ACCOUNT}:prompt/PROMPT12345:3",
    f"arn:aws:bedrock:us-east-1:{ACCOUNT}:default-prompt-router/anthropic.claude:1",
    f"arn:aws:bedrock:us-east-1:{ACCOUNT}:prompt-router/abc123",
    f"arn:aws:sagemaker:us-west-2:{ACCOUNT}:endpoint/my-endpoint",
    "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-5-sonnet-20241022-v2:0",
    f"arn:aws-us-gov:bedrock:us-gov-west-1:{ACCOUNT}:inference-profile/us-gov.anthropic.claude-3-haiku-20240307-v1:0",
    f"arn:aws-cn:bedrock:cn-north-1:{ACCOUNT}:application-inference-profile/xyz",
]
ODD_IDS = [
    "modèle-é",
    "模型/一:0",
    "emoji-\U0001f680",
    "a b",
    "a+b",
    "a%2Fb",
    "100%",
    "tilde~dot.dash-under_score",
    "q?x=1&y=2#z",
    "(star*)'quote!$,;=@",
    'quote"back\\slash',
    "double//slash",
]
# What users really write: every geography before every vendor's model, and the same model through every kind of ARN.
GEOGRAPHIES = ["us.", "eu.", "apac.", "jp.", "au.", "us-gov.", "global."]
VENDOR_IDS = [model for model in PLAIN_IDS if model.split(".")[0] not in ("us", "eu", "apac", "jp", "au", "global", "us-gov")]
PROFILE_IDS = [geography + model for model in VENDOR_IDS for geography in GEOGRAPHIES]
PARTITIONS = [
    ("aws", "ap-southeast-2"),
    ("aws-us-gov", "us-gov-east-1"),
    ("aws-cn", "cn-northwest-1"),
    ("aws-iso", "us-iso-east-1"),
    ("aws-iso-b", "us-isob-east-1"),
    ("aws-eusc", "eusc-de-east-1"),
]
RESOURCES = [
    "inference-profile/global.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "application-inference-profile/0a1b2c3d4e5f",
    "provisioned-model/9z8y7x",
    "imported-model/fedcba654321",
    "custom-model-deployment/123abc",
    "marketplace/model-endpoint/all-access",
    "prompt/PROMPT67890:12",
]
PARTITION_ARNS = [
    f"arn:{partition}:bedrock:{region}:{ACCOUNT}:{resource}"
    for partition, region in PARTITIONS
    for resource in RESOURCES
]
FULL_IDS = PLAIN_IDS + ARNS + ODD_IDS
MORE_IDS = list(dict.fromkeys(PROFILE_IDS + PARTITION_ARNS))
BODY_SIZES = [0, 2, 1000, 70000]
OPERATIONS = ["converse", "converse-stream", "invoke", "invoke-with-response-stream", "count-tokens"]
DATES = ["20260102T030405Z", "20261231T235959Z"]
HOSTS = [
    ("us-east-1", "bedrock-runtime.us-east-1.amazonaws.com"),
    ("us-gov-west-1", "bedrock-runtime-fips.us-gov-west-1.amazonaws.com"),
    ("eu-central-1", "bedrock-runtime.eu-central-1.api.aws"),
    ("us-west-2", "vpce-0a1b-2c3d.bedrock-runtime.us-west-2.vpce.amazonaws.com"),
    ("cn-north-1", "bedrock-runtime.cn-north-1.amazonaws.com.cn"),
    ("us-iso-east-1", "bedrock-runtime.us-iso-east-1.c2s.ic.gov"),
    ("us-west-2", "bedrock.corp.example:8443"),
]
TOKEN = "FwoGZXIvYXdzEXAMPLE//////////wEaDPlaceholder+Token/With=Signs=="


def body_of(size):
    return bytes((i * 31 + 7) % 256 for i in range(size))


def sign(case):
    token = TOKEN if case["hasSessionToken"] else None
    credentials = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token)
    request = AWSRequest(
        method="POST", url="https://" + case["host"] + case["path"], data=body_of(case["bodySize"])
    )
    # The host is given, so that its port stays in it, as it does on the wire.
    request.headers["host"] = case["host"]
    request.context["timestamp"] = case["date"]
    auth = SigV4Auth(credentials, "bedrock", case["region"])
    auth._modify_request_before_signing(request)
    canonical = auth.canonical_request(request)
    text = auth.string_to_sign(request, canonical)
    auth._inject_signature_to_request(request, auth.signature(text, request))
    return {**case, "canonicalRequest": canonical, "authorization": request.headers["Authorization"]}


def build_case(model, mix, size, has_token):
    region, host = HOSTS[mix % len(HOSTS)]
    # Colons and semicolons go raw on most wires and encoded on some; both must hold.
    safe = ":;" if mix % 5 else ""
    path = f"/model/{quote(model, safe=safe)}/{OPERATIONS[mix % len(OPERATIONS)]}"
    if mix % 11 == 3:
        path += "?b=2&a=x%20y&empty="
    return {
        "model": model,
        "path": path,
        "host": host,
        "region": region,
        "bodySize": size,
        "hasSessionToken": has_token,
        "date": DATES[mix % len(DATES)],
    }


def cases():
    for number, model in enumerate(FULL_IDS):
        for offset, size in enumerate(BODY_SIZES):
            for has_token in (False, True):
                yield build_case(model, number + offset, size, has_token)
    for number, model in enumerate(MORE_IDS):
        for has_token in (False, True):
            yield build_case(model, number, BODY_SIZES[(number + has_token) % len(BODY_SIZES)], has_token)


json.dump(
    {
        "generator": f"botocore {botocore.__version__}",
        "sessionToken": TOKEN,
        "vectors": [sign(case) for case in cases()],
    },
    sys.stdout,
    ensure_ascii=True,
    indent=2,
)
sys.stdout.write("\n")
