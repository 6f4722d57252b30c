package me.syssecure;

import java.util.concurrent.CompletableFuture;

/** Your own texts of codes. Every method returns at once. */
public final class AsyncTemplatesService {
    private final Requester requester;

    AsyncTemplatesService(Requester requester) {
        this.requester = requester;
    }

    /**
     * Creates a template.
     *
     * @param params what to send
     * @return a future of the template
     */
    public CompletableFuture<Template> create(TemplateCreateParams params) {
        return create(params, RequestOptions.none());
    }

    /**
     * Creates a template.
     *
     * @param params  what to send
     * @param options options of this call
     * @return a future of the template
     */
    public CompletableFuture<Template> create(TemplateCreateParams params, RequestOptions options) {
        return requester.send(Call.of("POST", "/templates", Template::of).withBody(params.fields()), options);
    }

    /**
     * Looks a template up.
     *
     * @param templateId the id of the template
     * @return a future of the template
     */
    public CompletableFuture<Template> get(String templateId) {
        return get(templateId, RequestOptions.none());
    }

    /**
     * Looks a template up.
     *
     * @param templateId the id of the template
     * @param options    options of this call
     * @return a future of the template
     */
    public CompletableFuture<Template> get(String templateId, RequestOptions options) {
        return requester.send(Call.of("GET", "/templates/{template_id}", Template::of, templateId), options);
    }

    /**
     * Lists the templates.
     *
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<Template>> list() {
        return list(SearchListParams.builder().build(), RequestOptions.none());
    }

    /**
     * Lists the templates.
     *
     * @param params what to list
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<Template>> list(SearchListParams params) {
        return list(params, RequestOptions.none());
    }

    /**
     * Lists the templates.
     *
     * @param params  what to list
     * @param options options of this call
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<Template>> list(SearchListParams params, RequestOptions options) {
        return AsyncPage.first(requester, "/templates", Template::of, params, options);
    }

    /**
     * Changes a template. What is not given stays.
     *
     * @param templateId the id of the template
     * @param params     what to send
     * @return a future of the changed template
     */
    public CompletableFuture<Template> update(String templateId, TemplateUpdateParams params) {
        return update(templateId, params, RequestOptions.none());
    }

    /**
     * Changes a template. What is not given stays.
     *
     * @param templateId the id of the template
     * @param params     what to send
     * @param options    options of this call
     * @return a future of the changed template
     */
    public CompletableFuture<Template> update(String templateId, TemplateUpdateParams params, RequestOptions options) {
        Call<Template> call =
                Call.of("PATCH", "/templates/{template_id}", Template::of, templateId).withBody(params.fields());
        return requester.send(call, options);
    }

    /**
     * Deletes a template.
     *
     * @param templateId the id of the template
     * @return a future that tells what was deleted
     */
    public CompletableFuture<Deleted> delete(String templateId) {
        return delete(templateId, RequestOptions.none());
    }

    /**
     * Deletes a template.
     *
     * @param templateId the id of the template
     * @param options    options of this call
     * @return a future that tells what was deleted
     */
    public CompletableFuture<Deleted> delete(String templateId, RequestOptions options) {
        return requester.send(Call.of("DELETE", "/templates/{template_id}", Deleted::of, templateId), options);
    }

    /**
     * Shows what recipients would see of a template. Nothing is sent.
     *
     * @param templateId the id of the template
     * @return a future of the text on each channel
     */
    public CompletableFuture<TemplatePreview> preview(String templateId) {
        return preview(templateId, TemplatePreviewParams.builder().build(), RequestOptions.none());
    }

    /**
     * Shows what recipients would see of a template. Nothing is sent.
     *
     * @param templateId the id of the template
     * @param params     what to send
     * @return a future of the text on each channel
     */
    public CompletableFuture<TemplatePreview> preview(String templateId, TemplatePreviewParams params) {
        return preview(templateId, params, RequestOptions.none());
    }

    /**
     * Shows what recipients would see of a template. Nothing is sent.
     *
     * @param templateId the id of the template
     * @param params     what to send
     * @param options    options of this call
     * @return a future of the text on each channel
     */
    public CompletableFuture<TemplatePreview> preview(
            String templateId, TemplatePreviewParams params, RequestOptions options) {
        Call<TemplatePreview> call =
                Call.of("POST", "/templates/{template_id}/preview", TemplatePreview::of, templateId)
                        .withBody(params.fields());
        return requester.send(call, options);
    }

    /**
     * Shows what recipients would see of a template that is not saved yet. Nothing is sent.
     *
     * @param params what to send
     * @return a future of the text on each channel
     */
    public CompletableFuture<TemplatePreview> previewDraft(TemplatePreviewDraftParams params) {
        return previewDraft(params, RequestOptions.none());
    }

    /**
     * Shows what recipients would see of a template that is not saved yet. Nothing is sent.
     *
     * @param params  what to send
     * @param options options of this call
     * @return a future of the text on each channel
     */
    public CompletableFuture<TemplatePreview> previewDraft(TemplatePreviewDraftParams params, RequestOptions options) {
        Call<TemplatePreview> call =
                Call.of("POST", "/templates/preview", TemplatePreview::of).withBody(params.fields());
        return requester.send(call, options);
    }
}
