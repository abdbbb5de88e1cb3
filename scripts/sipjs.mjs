// Builds the part of sip.js that `lib/sip/sipjs.ts` re-exports into one file: without the grammar (the adapter parses), the
// digest (the adapter answers challenges), the agents of SUBSCRIBE, PUBLISH and REGISTER servers, and log lines.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

const root = join(dirname(createRequire(import.meta.url).resolve('sip.js/package.json')), 'lib');
const { version } = JSON.parse(readFileSync(join(root, '../package.json'), 'utf8'));

const unused = name => `export class ${name} { constructor() { throw new Error('${name} is not built in'); } }`;

/** Replaced modules: path, first digits of the SHA-256 of the original, replacement. */
const replaced = [
  [
    'grammar/grammar.js',
    'c04ee084f5f6',
    "export const Grammar = { parse(text, rule) { throw new Error('no grammar for ' + rule); } };",
  ],
  ['core/messages/digest-authentication.js', '1a3f2ef1dde7', unused('DigestAuthentication')],
  ['core/messages/parser.js', 'a3cfad463961', 'export const Parser = undefined;'],
  ['core/dialogs/subscription-dialog.js', 'e5562ce0713d', unused('SubscriptionDialog')],
  ['core/user-agents/publish-user-agent-client.js', 'b8f9ed8e6212', unused('PublishUserAgentClient')],
  ['core/user-agents/register-user-agent-server.js', 'c048d05e9699', unused('RegisterUserAgentServer')],
  ['core/user-agents/re-subscribe-user-agent-client.js', 'fe869a0cc8f9', unused('ReSubscribeUserAgentClient')],
  ['core/user-agents/re-subscribe-user-agent-server.js', '87f42651c6c6', unused('ReSubscribeUserAgentServer')],
  ['core/user-agents/subscribe-user-agent-client.js', 'e4f8d6660de3', unused('SubscribeUserAgentClient')],
  ['core/user-agents/subscribe-user-agent-server.js', 'ce2e223e2bea', unused('SubscribeUserAgentServer')],
];

const logLine = /^[ \t]*(?:this\.)?logger\.(?:debug|log|warn|error)\([^\n]*\);[ \t]*\n/gm;

/** Throws when sip.js is not the release for which the replacements were written. */
const check = (path, hash) => {
  const found = createHash('sha256')
    .update(readFileSync(join(root, path)))
    .digest('hex')
    .slice(0, 12);
  if (found !== hash) throw new Error(`${path} of sip.js ${version} has the hash ${found}: check its replacement`);
};

/** An esbuild plugin for bundles of the source, which then contain what the package ships. */
export const replacing = {
  name: 'sip.js, in part',
  setup: ({ onLoad }) => {
    for (const [path, hash] of replaced) check(path, hash);
    onLoad({ filter: /sip\.js[\\/]lib[\\/].*\.js$/ }, ({ path }) => {
      const name = path.slice(root.length + 1).replaceAll('\\', '/');
      const [, , replacement] = replaced.find(([one]) => one === name) ?? [];
      return { contents: replacement ?? readFileSync(path, 'utf8').replace(logLine, '') };
    });
  },
};

/** The licence of the parts that are built in. */
export const notice = () =>
  `This package contains parts of sip.js ${version} (https://sipjs.com), under this licence:\n\n${readFileSync(join(root, '../LICENSE.md'), 'utf8')}`;

/** @param {'esm' | 'cjs'} format */
export const buildSipjs = async (format, outfile) => {
  await build({
    entryPoints: ['lib/sip/sipjs.ts'],
    bundle: true,
    format,
    outfile,
    target: 'es2022',
    legalComments: 'none',
    banner: { js: `/*! Contains parts of sip.js ${version}, MIT licence: see dist/THIRD-PARTY-NOTICES */` },
    plugins: [replacing],
    logLevel: 'error',
  });
};
