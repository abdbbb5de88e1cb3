const { TestEnvironment } = require('jest-environment-node');

// wrtc crashes a process that ends by itself with an audio source not yet collected; one that calls exit is spared.
process.once('beforeExit', () => process.exit());

module.exports = TestEnvironment;
