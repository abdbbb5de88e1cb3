const fc = require('../../node_modules/fast-check/lib/cjs/fast-check.js');

const asked = process.env['CALLSTREAM_RUNS'];
fc.configureGlobal(
  asked === undefined ? { seed: 20_261_130, numRuns: 25 } : { numRuns: Math.ceil(Number(asked) / 20) },
);

module.exports = fc;
