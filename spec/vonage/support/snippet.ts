import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import * as vonage from 'callstream/vonage';
import ts from 'typescript';

const root = join(__dirname, '../../..');
const sections = readFileSync(join(__dirname, '../document.txt'), 'utf8').split(/^## /m).slice(1);

/** The methods that the document shows a snippet of, in its order. */
export const methods: readonly string[] = sections.map(section => section.slice(0, section.indexOf('\n')));

/** The code that stands under this method in the document, to the letter. */
export const snippet = (method: string): string => {
  const found = sections.find(section => section.startsWith(`${method}\n`));
  if (found === undefined) throw new RangeError(`the document has no "${method}"`);
  return found.slice(method.length + 1);
};

/** Code within an async function: `given` declares its free names, `gives` is what it is asked for afterwards. */
export type Program = { readonly given: string; readonly code: string; readonly gives?: string };

const textOf = ({ given, code, gives }: Program): string => `
import {
  ClientConfig, ConfigRegion, none, OrderBy, PresentingOrder, some, VonageClient,
  type Conversation, type ConversationEvent,
} from 'callstream/vonage';
export const run = async (${given}) => {
${code}
${gives === undefined ? '' : `return ${gives};`}
};
`;

type Run = (...given: readonly unknown[]) => Promise<unknown>;

/** Runs what is checked: the same text, without its types. */
export const runnable = (program: Program): Run => {
  const { outputText } = ts.transpileModule(textOf(program), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS },
  });
  const exported: { run?: Run } = {};
  const define = runInThisContext(`(exports, require) => {${outputText}\n}`) as (
    exports: unknown,
    require: () => unknown,
  ) => void;
  define(exported, () => vonage);
  return exported.run!;
};

/** What the compiler says about programs under our own settings, as `name: message`. */
export const complaints = (programs: Readonly<Record<string, Program>>): readonly string[] => {
  const { options } = ts.getParsedCommandLineOfConfigFile(join(root, 'tsconfig.json'), undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, ' '));
    },
  })!;
  const folder = join(root, 'spec/vonage/');
  const texts = new Map(
    Object.entries(programs).map(([name, program]) => [join(folder, `${name}.ts`), textOf(program)]),
  );
  // Nothing of Node or Jest is in these programs, and reading their types takes seconds.
  options.types = [];
  const host = ts.createCompilerHost(options);
  const checker = ts.createProgram([...texts.keys()], options, {
    ...host,
    fileExists: path => texts.has(path) || host.fileExists(path),
    readFile: path => texts.get(path) ?? host.readFile(path),
    getSourceFile: (path, target, ...rest) => {
      const text = texts.get(path);
      return text === undefined ? host.getSourceFile(path, target, ...rest) : ts.createSourceFile(path, text, target);
    },
  });
  return [...texts.keys()].flatMap(path => {
    const file = checker.getSourceFile(path);
    return [...checker.getSyntacticDiagnostics(file), ...checker.getSemanticDiagnostics(file)].map(
      ({ messageText }) =>
        `${path.slice(folder.length, -'.ts'.length)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    );
  });
};
