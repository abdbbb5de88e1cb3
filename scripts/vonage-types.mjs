/**
 * Compares the declarations of `callstream/vonage` with those of the published client, which is installed into a folder of
 * its own: every name is there, nothing is read-only that can be written to there, and what applications do compiles with
 * both. Ends with a count.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import ts from 'typescript';

const published = '@vonage/client-sdk@2.3.1';
const folder = mkdtempSync(join(tmpdir(), 'callstream-vonage-types-'));
execFileSync('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts', published], {
  stdio: 'ignore',
});
const theirs = join(folder, 'node_modules/@vonage/client-sdk/dist/client/index.d.ts');
const ours = resolve('dist/esm/vonage/index.d.ts');
const usages = ['usage.ts', 'chat.tsx', 'desk.ts'].map(name => resolve('spec/apps', name));

const options = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  jsx: ts.JsxEmit.ReactJSX,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: [],
};

const results = [];
const check = (name, complaints) => {
  results.push(complaints.length === 0);
  console.log(`${complaints.length === 0 ? 'ok  ' : 'FAIL'} ${name}`);
  for (const complaint of complaints) console.log(`       ${complaint}`);
};

/** Whose members are compared by what applications do: a class, and a mapped type. */
const incomparable = new Set(['VonageClient', 'VonageEvent', 'default']);

const program = ts.createProgram([theirs, ours], options);
const checker = program.getTypeChecker();
const exportsOf = file =>
  new Map(
    checker
      .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)))
      .map(symbol => [symbol.name, symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol]),
  );
const [names, own] = [exportsOf(theirs), exportsOf(ours)];
check(
  `all ${names.size} names are there`,
  [...names.keys()].filter(name => !own.has(name)),
);

const isReadonly = ({ declarations = [] }) =>
  declarations.some(declaration => ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Readonly) ||
  (declarations.some(ts.isGetAccessor) && !declarations.some(ts.isSetAccessor));
const isList = type => checker.typeToString(checker.getNonNullableType(type)).startsWith('readonly ');
const compared = [...names].filter(([name]) => own.has(name) && !incomparable.has(name));
const frozen = compared.flatMap(([name, symbol]) => {
  if (!(symbol.flags & ts.SymbolFlags.Type)) return [];
  const [there, here] = [symbol, own.get(name)].map(one => checker.getDeclaredTypeOfSymbol(one));
  const present = new Map(here.getProperties().map(property => [property.name, property]));
  return there.getProperties().flatMap(property => {
    const mine = present.get(property.name);
    if (mine === undefined) return [];
    const [type, list] = [property, mine].map(one => checker.getTypeOfSymbol(one));
    const isFixed = isReadonly(mine) && !isReadonly(property);
    return isFixed || (isList(list) && !isList(type)) ? [`${name}.${property.name} is read-only`] : [];
  });
});
check('nothing is read-only that can be written to there', frozen);

for (const [name, declarations] of [
  ['theirs', theirs],
  ['ours', ours],
]) {
  const paths = { '@vonage/client-sdk': [declarations], callstream: [resolve('dist/esm/index.d.ts')] };
  const usage = ts.createProgram(usages, { ...options, paths });
  const complaints = ts
    .getPreEmitDiagnostics(usage)
    .map(({ file, messageText }) => `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
  check(`what applications do compiles with ${name}`, complaints);
}

rmSync(folder, { recursive: true });
const failed = results.filter(passed => !passed).length;
console.log(`vonage types: ${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
