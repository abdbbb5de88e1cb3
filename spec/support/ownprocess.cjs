const { default: Runner } = require('jest-runner');

/** Runs each spec file in a process of its own: a worker that uses more memory than this, in bytes, is not used again. */
module.exports = class extends Runner {
  constructor(globalConfig, context) {
    super({ ...globalConfig, workerIdleMemoryLimit: 2 }, context);
  }
};
