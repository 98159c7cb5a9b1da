# docker build --build-arg BUILD_BASE=… --build-arg RUN_BASE=… -t postrider .
#
# BUILD_BASE: an image with the Rust toolchain of Cargo.toml, a C compiler and make.
# RUN_BASE:   an image with the same C library; nothing else is used of it, not even a shell.
ARG BUILD_BASE
ARG RUN_BASE

FROM ${BUILD_BASE} AS build
WORKDIR /postrider
COPY . .
RUN make dist

FROM ${RUN_BASE}
COPY --from=build /postrider/target/dist/postrider /postrider
COPY --from=build /postrider/target/dist/LICENSE-MIT /postrider/target/dist/LICENSE-APACHE /licenses/
# A new volume takes its owner from here.
COPY --from=build --chown=65532:65532 /postrider/target/dist/data /data

# The settings come in as /etc/postrider/postrider.toml or as variables. Paths in them begin at /, so data/… is the volume.
WORKDIR /
ENV POSTRIDER_HTTP__LISTEN=0.0.0.0:8080
USER 65532:65532
VOLUME /data
EXPOSE 8080
HEALTHCHECK CMD ["/postrider","healthcheck"]
ENTRYPOINT ["/postrider"]
CMD ["serve"]
