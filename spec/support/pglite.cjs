/** PGlite's CommonJS build calls `import()`, which Jest's sandbox refuses; there are only Node's own modules behind it. */
const head = 'const loaded = name => Promise.resolve().then(() => require(name));';

module.exports = {
  process: source => ({ code: head + source.replace(/\bimport\(/g, 'loaded(') }),
};
