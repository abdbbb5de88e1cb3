export { fakeDevices, type FakeDevicesOptions } from './devices.js';
export { fakeLine, type FakeLine, type FakeLineOptions, type Letter } from './line.js';
export { names } from './names.js';
export { agreeable, done, failed, type Replies } from './replies.js';
