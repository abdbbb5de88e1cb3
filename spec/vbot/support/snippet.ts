import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import ts from 'typescript';

const root = join(__dirname, '../../..');
const sections = readFileSync(join(__dirname, '../document.txt'), 'utf8').split(/^## /m);

/** The code that stands under this heading of the document, to the letter. */
export const snippet = (heading: string): string => {
  const found = sections.find(section => section.startsWith(`${heading}\n`));
  if (found === undefined) throw new RangeError(`the document has no "${heading}"`);
  return found.slice(heading.length + 1);
};

/** The text with one change, which must fit in exactly one place. */
export const change = (code: string, from: string, to: string): string => {
  const parts = code.split(from);
  if (parts.length !== 2)
    throw new RangeError(`${JSON.stringify(from)} stands ${parts.length - 1} times in the snippet`);
  return parts.join(to);
};

/** The statements of a snippet, one by one and to the letter. */
export const statements = (code: string): readonly string[] => {
  const source = ts.createSourceFile('snippet.ts', code, ts.ScriptTarget.ES2022);
  return source.statements.map(statement => statement.getText(source));
};

/**
 * A snippet within an async function: `given` declares its free names (and `this`), `gives` is what it is asked for
 * afterwards. Nothing else is added.
 */
export type Program = { readonly given: string; readonly code: string; readonly gives?: string };

/** The same program, which gives the value of its one statement. */
export const valueOf = (program: Program): Program => ({
  ...program,
  code: '',
  gives: `(${program.code.replace(/;$/, '')})`,
});

const textOf = ({ given, code, gives }: Program): string => `
import type { VBotClient, VBotSession } from 'callstream/vbot';
export const run = async function (${given}) {
${code}
${gives === undefined ? '' : `return ${gives};`}
};
`;

/** Runs what was checked: the same text, without its types. The first argument is `this`. */
export const runnable = (program: Program): ((self: unknown, ...args: readonly unknown[]) => Promise<unknown>) => {
  const { outputText } = ts.transpileModule(textOf(program), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS },
  });
  const exported: { run?: (...args: readonly unknown[]) => Promise<unknown> } = {};
  (runInThisContext(`exports => {${outputText}\n}`) as (exports: unknown) => void)(exported);
  return (self, ...args) => exported.run!.apply(self, [...args]);
};

/** What the compiler says about the snippets under our own settings, as `name: message`. */
export const complaints = (programs: Readonly<Record<string, Program>>): readonly string[] => {
  const { options } = ts.getParsedCommandLineOfConfigFile(join(root, 'tsconfig.json'), undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, ' '));
    },
  })!;
  const texts = new Map(
    Object.entries(programs).map(([name, program]) => [join(root, 'spec/vbot', `${name}.ts`), textOf(program)]),
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
        `${path.slice(root.length + 'spec/vbot/'.length + 1)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    );
  });
};
