export { connectFor } from './connect.js';
export { fakeDevices, type FakeDevicesOptions } from './devices.js';
export { fakeLine, type FakeLine, type FakeLineOptions, type Letter, type RefOf, type WatchOf } from './line.js';
export { names } from './names.js';
export { agreeable, done, failed, type Replies } from './replies.js';
export { fakeChat, type ChatLetter, type FakeChat, type FakeChatOptions } from './chat.js';
