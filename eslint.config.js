import rxjsX from 'eslint-plugin-rxjs-x';
import tseslint from 'typescript-eslint';

const core = [
  'lib/core/**',
  'lib/line/**',
  'lib/call/**',
  'lib/conversation/**',
  'lib/subscriptions/**',
  'lib/media/**',
  'lib/client/**',
];

/**
 * Functions of a module are declarations: V8 compiles nested concise arrows again and again, and a declaration has a name in
 * stack traces. Lambdas, and functions whose type is annotated, stay arrows.
 */
const moduleArrows = ['Program', 'Program > ExportNamedDeclaration'].map(parent => ({
  selector: `${parent} > VariableDeclaration > VariableDeclarator:not([id.typeAnnotation]) > ArrowFunctionExpression.init`,
  message: 'a function of a module is a function declaration',
}));

export default tseslint.config(
  { ignores: ['dist/', 'server/dist/', 'node_modules/', 'coverage/', '**/*.mjs', '**/*.cjs', 'eslint.config.js'] },
  ...tseslint.configs.strictTypeChecked,
  rxjsX.configs.strict,
  {
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Public streams never error and commands start when they are called, so a missing error handler or an unread outcome loses nothing.
      'rxjs-x/no-ignored-error': 'off',
      'rxjs-x/no-floating-observables': 'off',
      // State streams have a value and never complete, so there is nothing to default to.
      'rxjs-x/no-ignored-default-value': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_$' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  { files: ['lib/**/*.ts'], rules: { 'no-restricted-syntax': ['error', ...moduleArrows] } },
  {
    files: core.map(glob => `${glob}/*.ts`),
    rules: {
      'no-restricted-globals': [
        'error',
        ...[
          'window',
          'navigator',
          'document',
          'setTimeout',
          'setInterval',
          'queueMicrotask',
          'fetch',
          'WebSocket',
          'Promise',
          'crypto',
          'console',
          'performance',
        ],
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'time is a parameter of createClient' },
        { object: 'Math', property: 'random', message: 'chance is a parameter of createClient' },
      ],
      'no-restricted-syntax': [
        'error',
        ...moduleArrows,
        {
          selector: "CallExpression[callee.name='timestamp'][arguments.length=0]",
          message: 'time is a parameter of createClient',
        },
      ],
    },
  },
  // The one file in which the parameters of createClient get their defaults.
  { files: ['lib/client/platform.ts'], rules: { 'no-restricted-properties': 'off' } },
  // That an application reads its own data, which the published types have as `any`, is what these are about.
  { files: ['spec/apps/*'], rules: { '@typescript-eslint/no-unsafe-member-access': 'off' } },
  {
    files: ['spec/**/*.ts', 'server/spec/**/*.ts', 'bench/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
);
