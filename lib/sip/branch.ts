/**
 * The branch of a request, by which its answers are known: no other request of ours may ever have had it, RFC 3261
 * §8.1.1.7. sip.js draws seven digits; a server that remembers the requests of the last half minute takes one that
 * happens upon an old branch for the old one, answers as it did then and passes nothing on. So the tag of From is added
 * on the way out. It is drawn by us for each dialog, and the same in all that belong to one transaction: an INVITE, its
 * CANCEL and its ACK.
 */
export const withTag = (head: string): string => {
  if (head.startsWith('SIP/2.0 ')) return head;
  const [, tag] = /^From: .*;tag=(\w+)/m.exec(head) ?? [];
  return tag === undefined ? head : head.replace(/^(Via: .*;branch=z9hG4bK\d+)/m, `$1.${tag}`);
};

/** The branch of a response, as sip.js has drawn it. */
export const withoutTag = (branch: string): string => branch.replace(/^(z9hG4bK\d+)\.\w+$/, '$1');
