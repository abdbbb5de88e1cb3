import type { Config } from 'jest';

/** The module settings of the CJS build; sip.js is ESM only, so ts-jest turns it into CommonJS too. */
const config: Config = {
  testEnvironment: '<rootDir>/spec/support/environment.cjs',
  roots: ['<rootDir>/spec'],
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: ['/spec/e2e/'],
  testTimeout: 20_000,
  maxWorkers: '100%',
  // Every file in a process of its own: wrtc crashes a process that has thrown one copy of it away.
  workerIdleMemoryLimit: 1,
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^callstream$': '<rootDir>/lib/index.ts',
    '^callstream/(.*)$': '<rootDir>/lib/$1/index.ts',
  },
  transform: {
    '^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/spec/tsconfig.json', diagnostics: false }],
    'node_modules/sip\\.js/.+\\.js$': ['ts-jest', { tsconfig: '<rootDir>/spec/tsconfig.json', diagnostics: false }],
    'node_modules/@electric-sql/pglite/.+\\.cjs$': '<rootDir>/spec/support/pglite.cjs',
  },
  transformIgnorePatterns: ['/node_modules/(?!sip\\.js/|@electric-sql/pglite/)'],
};

export default config;
