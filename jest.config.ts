import type { Config } from 'jest';

/** The module settings of the CJS build. Stock sip.js, which some specs compare with, is ESM only: ts-jest transforms it. */
const shared = {
  globalSetup: '<rootDir>/spec/support/sipjs.mjs',
  testEnvironment: '<rootDir>/spec/support/environment.cjs',
  roots: ['<rootDir>/spec', '<rootDir>/server/spec'],
  testPathIgnorePatterns: ['/spec/e2e/'],
  transform: {
    '^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/spec/tsconfig.json', diagnostics: false }],
    'node_modules/sip\\.js/.+\\.js$': ['ts-jest', { tsconfig: '<rootDir>/spec/tsconfig.json', diagnostics: false }],
    'node_modules/@electric-sql/pglite/.+\\.cjs$': '<rootDir>/spec/support/pglite.cjs',
  },
  transformIgnorePatterns: ['/node_modules/(?!sip\\.js/|@electric-sql/pglite/)'],
} satisfies Config;

const modules = {
  // Built in `globalSetup`: specs run the part of sip.js that ships.
  '^\\./sipjs\\.js$|/lib/sip/sipjs\\.js$': '<rootDir>/.reports/sipjs.cjs',
  '^(\\.{1,2}/.*)\\.js$': '$1',
  '^fast-check$': '<rootDir>/spec/support/fastcheck.cjs',
  '^callstream$': '<rootDir>/lib/index.ts',
  '^callstream-server$': '<rootDir>/server/lib/index.ts',
  '^callstream/adapter$': '<rootDir>/lib/adapter.ts',
  '^callstream/(.*)$': '<rootDir>/lib/$1/index.ts',
};

const config: Config = {
  // Much of what is tested waits for sockets, sound and processes, not for a processor.
  maxWorkers: 4,
  // Against what never ends: nothing else is to be learned from it.
  testTimeout: 120_000,
  projects: [
    {
      ...shared,
      displayName: 'specs',
      testMatch: ['**/*.spec.ts'],
      testPathIgnorePatterns: [...shared.testPathIgnorePatterns, '\\.media\\.spec\\.ts$'],
      moduleNameMapper: { ...modules, '^@roamhq/wrtc$': '<rootDir>/spec/support/standinwrtc.ts' },
    },
    {
      ...shared,
      displayName: 'media',
      // Real connections and real sound. wrtc crashes a process that has thrown one copy of it away.
      testMatch: ['**/*.media.spec.ts'],
      runner: '<rootDir>/spec/support/ownprocess.cjs',
      moduleNameMapper: modules,
    },
  ],
};

export default config;
