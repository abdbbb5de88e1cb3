import type { Config } from 'jest';

/** The SDK against servers and telephones that others wrote (`scripts/peers`): one suite at a time, on two cores. */
const config: Config = {
  globalSetup: '<rootDir>/spec/support/sipjs.mjs',
  testEnvironment: '<rootDir>/spec/support/environment.cjs',
  roots: ['<rootDir>/spec/peers'],
  testMatch: ['**/*.peers.ts'],
  testTimeout: 30_000,
  maxWorkers: 1,
  // A spec that has failed leaves its clients open.
  forceExit: true,
  moduleNameMapper: {
    '^\\./sipjs\\.js$|/lib/sip/sipjs\\.js$': '<rootDir>/.reports/sipjs.cjs',
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^callstream$': '<rootDir>/lib/index.ts',
    '^callstream/(.*)$': '<rootDir>/lib/$1/index.ts',
  },
  transform: {
    '^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/spec/tsconfig.json', diagnostics: false }],
    'node_modules/sip\\.js/.+\\.js$': ['ts-jest', { tsconfig: '<rootDir>/spec/tsconfig.json', diagnostics: false }],
  },
  transformIgnorePatterns: ['/node_modules/(?!sip\\.js/)'],
};

export default config;
