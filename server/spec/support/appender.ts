/** A process that fills a conversation in the directory it is given, and says each number once it has been stored. */
import { openStorage } from '../../lib/chat/sql/open.js';
import { conversation, member } from './storage.js';

async function main(data: string, total: number): Promise<void> {
  const storage = await openStorage({ data });
  await storage.createConversation(conversation('C'));
  await storage.putMember({
    member: member('C', 'a', 'JOINED'),
    was: undefined,
    event: { conversation: 'C', type: 'member:joined', from: null, user: 'a', at: 1, body: null },
  });
  const stored = (await storage.conversation('C'))?.last ?? 0;
  for (let number = stored + 1; number <= total; number += 1) {
    const body = { number, text: 'x'.repeat(number % 500) };
    const message = { conversation: 'C', type: 'message', from: 'MEM-C-a', user: 'a', at: number, body };
    const result = await storage.append({ ...message, key: String(number) });
    if (typeof result === 'string') throw new Error(result);
    process.stdout.write(`${result.event.id}\n`);
  }
  await storage.close();
}

void main(process.argv[2]!, Number(process.argv[3]));
