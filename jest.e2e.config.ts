import type { Config } from 'jest';

/** Real browsers against the local server: one suite at a time, as they share the machine's two cores and its sound. */
const config: Config = {
  globalSetup: '<rootDir>/spec/support/sipjs.mjs',
  testEnvironment: 'node',
  roots: ['<rootDir>/spec/e2e'],
  testMatch: ['**/*.e2e.ts'],
  testTimeout: 30_000,
  maxWorkers: 1,
  moduleNameMapper: {
    '^\\./sipjs\\.js$|/lib/sip/sipjs\\.js$': '<rootDir>/.reports/sipjs.cjs',
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^callstream$': '<rootDir>/lib/index.ts',
    '^callstream/(.*)$': '<rootDir>/lib/$1/index.ts',
  },
  transform: {
    '^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/spec/tsconfig.json', diagnostics: false }],
  },
};

// wrtc, which plays the server's test numbers, crashes in a process that ends by itself; one that calls exit is spared.
process.once('beforeExit', () => process.exit());

export default config;
