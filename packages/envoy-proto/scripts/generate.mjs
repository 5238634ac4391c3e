/** Generates src/gen from proto/envoy.binpb: code and types for the files in `roots` and for what they import, nothing else. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  CodeGeneratorRequestSchema,
  CodeGeneratorResponseSchema,
  FileDescriptorSetSchema,
} from '@bufbuild/protobuf/wkt';

const roots = [
  'envoy/service/ext_proc/v3/external_processor.proto',
  'grpc/health/v1/health.proto',
  // What src/xds.ts is made of.
  'proto/extension/service.proto',
  'envoy/extensions/access_loggers/filters/cel/v3/cel.proto',
  'envoy/extensions/filters/http/ext_proc/v3/ext_proc.proto',
  'envoy/extensions/filters/http/header_mutation/v3/header_mutation.proto',
  'envoy/extensions/filters/http/header_to_metadata/v3/header_to_metadata.proto',
  'envoy/extensions/filters/http/upstream_codec/v3/upstream_codec.proto',
  'envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto',
  'envoy/extensions/http/early_header_mutation/header_mutation/v3/header_mutation.proto',
  'envoy/extensions/retry/host/previous_hosts/v3/previous_hosts.proto',
  'envoy/extensions/retry/priority/previous_priorities/v3/previous_priorities_config.proto',
  'envoy/extensions/transport_sockets/http_11_proxy/v3/upstream_http_11_connect.proto',
  'envoy/extensions/upstreams/http/v3/http_protocol_options.proto',
];

const folder = dirname(import.meta.dirname);
const output = join(folder, 'src', 'gen');
const { file: all } = fromBinary(FileDescriptorSetSchema, readFileSync(join(folder, 'proto', 'envoy.binpb')));
const files = withImports(all, roots);

const request = create(CodeGeneratorRequestSchema, {
  protoFile: files,
  // The well-known types come with @bufbuild/protobuf.
  fileToGenerate: files.map(({ name }) => name).filter((name) => !name.startsWith('google/protobuf/')),
  // JavaScript and declarations: TypeScript output has enums, which Node cannot strip.
  parameter: 'target=js+dts,import_extension=js',
});
const answer = execFileSync(process.execPath, [findPlugin()], {
  input: toBinary(CodeGeneratorRequestSchema, request),
  maxBuffer: 64 * 1024 * 1024,
});
const response = fromBinary(CodeGeneratorResponseSchema, answer);
if (response.error) throw new Error(`protoc-gen-es: ${response.error}`);

rmSync(output, { recursive: true, force: true });
for (const { name, content } of response.file) {
  const path = join(output, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
console.log(`${response.file.length} files written to src/gen`);

/** The named files and everything that they import, in the order of the set: imports first. */
function withImports(set, names) {
  const byName = new Map(set.map((file) => [file.name, file]));
  const wanted = new Set();
  const add = (name) => {
    const file = byName.get(name);
    if (file === undefined) throw new Error(`${name} is not in proto/envoy.binpb: add it to proto/generator`);
    if (wanted.has(name)) return;
    wanted.add(name);
    file.dependency.forEach(add);
  };
  names.forEach(add);
  return set.filter(({ name }) => wanted.has(name));
}

function findPlugin() {
  const manifest = createRequire(import.meta.url).resolve('@bufbuild/protoc-gen-es/package.json');
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'));
  return join(dirname(manifest), bin['protoc-gen-es']);
}
