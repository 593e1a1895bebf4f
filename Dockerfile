# The workflow with the locked versions:
#     docker build --tag plmemory .
#     docker run --rm --volume "$PWD:/work" plmemory --cores all
# Results are written to the working folder; relative paths in a configuration refer to it too.
# docs/cluster.md describes the same for Apptainer.
FROM python:3.11-slim
COPY requirements.lock /opt/plmemory/
RUN pip install --no-cache-dir --requirement /opt/plmemory/requirements.lock
COPY pyproject.toml README.md LICENSE environment.yml Snakefile /opt/plmemory/
COPY src /opt/plmemory/src/
COPY config /opt/plmemory/config/
COPY profiles /opt/plmemory/profiles/
COPY workflow /opt/plmemory/workflow/
RUN pip install --no-cache-dir --no-deps /opt/plmemory
# The user who runs it has no home directory in the image.
ENV XDG_CACHE_HOME=/tmp/cache XDG_CONFIG_HOME=/tmp/config
WORKDIR /work
ENTRYPOINT ["snakemake", "--snakefile", "/opt/plmemory/Snakefile"]
CMD ["--cores", "all"]
