/** The three floors: core ← adapters ← faces, and the server apart. */
const core = '^lib/(core|line|call|subscriptions|conversation|media|client|(index|adapter)\\.ts)';
const adapters = '^lib/(wire|rtc|sip|service|browser)/';
const faces = '^lib/(vbot|vonage|angular|testing|preflight)/';
const server = '^server/lib/';

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'core-knows-no-adapter', severity: 'error', from: { path: core }, to: { path: [adapters, faces, server] } },
    {
      name: 'core-knows-no-vendor',
      severity: 'error',
      from: { path: core },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-peer', 'core'], pathNot: 'node_modules/(rxjs|fp-ts|io-ts)/' },
    },
    { name: 'adapters-know-no-face', severity: 'error', from: { path: adapters }, to: { path: [faces, server] } },
    { name: 'faces-know-no-server', severity: 'error', from: { path: faces }, to: { path: server } },
    {
      name: 'server-stands-apart',
      comment: 'The E-model is the only code that SDK and server share.',
      severity: 'error',
      from: { path: server },
      to: { path: [core, adapters, faces], pathNot: '^lib/call/e-model\\.ts$' },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
