import { createMemory } from '../../lib/server/chat/memory.js';
import { keepsItsWord } from './support/storage.js';

describe('the storage in memory', () => {
  keepsItsWord(() => Promise.resolve(createMemory()));
});
