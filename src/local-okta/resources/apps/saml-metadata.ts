import type { Application } from './application.js'

/** What a service provider reads of an app (SAML 2.0 Metadata, section 2.4.3), with its certificate in base64. Nobody signs in by SAML here. */
export function toSamlMetadata (orgUrl: string, { id, name }: Application, certificate: string): string {
  const location = escapeXml(`${orgUrl}/app/${name}/${id}/sso/saml`)
  const services = ['HTTP-POST', 'HTTP-Redirect'].map((binding) => `<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:${binding}" Location="${location}"/>`)
  const formats = ['emailAddress', 'unspecified'].map((format) => `<md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:${format}</md:NameIDFormat>`)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${escapeXml(`${orgUrl}/${id}`)}">`,
    '<md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">',
    `<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`,
    ...formats,
    ...services,
    '</md:IDPSSODescriptor>',
    '</md:EntityDescriptor>'
  ].join('')
}

function escapeXml (text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
