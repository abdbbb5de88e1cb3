import type { Content, Said } from './model.js';

type Is<Kind extends Said['kind']> = Extract<Said, { readonly kind: Kind }>;

/** The content that would produce this event: for showing sent and unsent messages alike, or for forwarding. */
export function contentOf(event: Said): Content {
  return (contents[event.kind] as (event: Said) => Content)(event);
}

const contents: { readonly [Kind in Said['kind']]: (event: Is<Kind>) => Content } = {
  'message:text': ({ body }) => ({ kind: 'text', text: body.text }),
  'message:image': ({ body }) => ({ kind: 'image', url: body.imageUrl }),
  'message:audio': ({ body }) => ({ kind: 'audio', url: body.audioUrl }),
  'message:video': ({ body }) => ({ kind: 'video', url: body.videoUrl }),
  'message:file': ({ body }) => ({ kind: 'file', url: body.fileUrl }),
  'message:vcard': ({ body }) => ({ kind: 'vcard', url: body.vcardUrl }),
  'message:location': ({ body }) => ({ kind: 'location', location: body.location }),
  'message:template': ({ body }) => ({ kind: 'template', template: body.template, whatsapp: body.whatsapp }),
  'message:custom': ({ body }) => ({ kind: 'custom', customData: body.customData }),
  custom: ({ eventType, body }) => ({ kind: 'event', type: eventType, body }),
};

export function isSaid(event: { readonly kind: string }): event is Said {
  return event.kind in contents;
}
